package dev.moa.parallel.batch;

import dev.moa.parallel.forward.Forwarder;
import dev.moa.protocol.CallContext;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.Payload;
import dev.moa.protocol.StatusCode;
import dev.moa.sdk.context.TraceContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs the calls of a batch side by side and packs the answers in the batch's order. Each call has its own
 * deadline and all have the batch's: what is not answered by then is cancelled and marked.
 *
 * <p>Safe for many threads, never blocks. Each place is filled once: whoever sets it first wins, an answer or
 * the deadline.
 */
public final class BatchRunner implements AutoCloseable {
    private static final long WRITE_SECONDS = 30;

    private final Forwarder forwarder;
    private final BatchProperties limits;
    private final BytesInProgress bytes;
    private final Supplier<TraceContext> startTrace;
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, work -> {
        Thread thread = new Thread(work, "parallel-batch-1");
        thread.setDaemon(true);
        return thread;
    });

    /** @param startTrace begins a trace for a batch that came without one */
    public BatchRunner(
            Forwarder forwarder, BatchProperties limits, BytesInProgress bytes, Supplier<TraceContext> startTrace) {
        this.forwarder = forwarder;
        this.limits = limits;
        this.bytes = bytes;
        this.startTrace = startTrace;
        timer.setRemoveOnCancelPolicy(true);
    }

    /**
     * Starts all calls and returns at once.
     *
     * @param traceparent the trace that the batch belongs to; null begins one
     * @return the responses in order, to be closed; cancel it to cancel all calls that run
     */
    public CompletableFuture<BatchResult> run(Batch batch, @Nullable String traceparent) {
        long timeoutMs =
                batch.timeoutMs() > 0 ? batch.timeoutMs() : limits.timeout().toMillis();
        Run run = new Run(batch, Deadline.afterMillis(timeoutMs), timeoutMs);
        run.start(traceparent == null ? startTrace.get().traceparent() : traceparent);
        return run.result;
    }

    /** One batch on its way. */
    private final class Run {
        private final Batch batch;
        private final Deadline deadline;
        private final long timeoutMs;
        private final AtomicReferenceArray<@Nullable CallResponse> responses;
        private final AtomicReferenceArray<@Nullable CompletableFuture<CallResponse>> calls;
        private final AtomicInteger open;
        private final AtomicLong taken = new AtomicLong();
        private final CompletableFuture<BatchResult> result = new CompletableFuture<>();

        Run(Batch batch, Deadline deadline, long timeoutMs) {
            int size = batch.items().size();
            this.batch = batch;
            this.deadline = deadline;
            this.timeoutMs = timeoutMs;
            this.responses = new AtomicReferenceArray<>(size);
            this.calls = new AtomicReferenceArray<>(size);
            this.open = new AtomicInteger(size);
        }

        void start(String traceparent) {
            Future<?> timeout = timer.schedule(this::end, Math.max(0, deadline.remainingNanos()), TimeUnit.NANOSECONDS);
            result.whenComplete((answer, failure) -> {
                timeout.cancel(false);
                if (failure != null) {
                    cancelOpen();
                }
            });
            for (int i = 0; i < batch.items().size() && !result.isDone(); i++) {
                int place = i;
                Batch.Item item = batch.items().get(i);
                if (item instanceof Batch.Invalid invalid) {
                    set(place, invalid.response());
                } else if (item instanceof Batch.Call call) {
                    CallRequest request = traced(call.request(), traceparent, i);
                    CompletableFuture<CallResponse> answer = forwarder.forward(request, deadlineOf(request));
                    calls.set(place, answer);
                    answer.whenComplete((response, failure) -> {
                        if (failure == null && responses.get(place) == null) {
                            setWithinLimits(place, response);
                        }
                    });
                }
            }
        }

        private Deadline deadlineOf(CallRequest request) {
            long own = request.ctx().timeoutMs();
            return own > 0 ? Deadline.afterMillis(own).earlier(deadline) : deadline;
        }

        private void setWithinLimits(int place, CallResponse response) {
            Payload body = response.result();
            int size = body == null ? 0 : body.length();
            if (taken.addAndGet(size) > limits.maxResultSize().toBytes() || !bytes.tryTake(size)) {
                taken.addAndGet(-size);
                set(
                        place,
                        CallResponse.failure(
                                response.id(),
                                StatusCode.RESOURCE_EXHAUSTED,
                                "result: %d bytes do not fit (limits: %d in one batch, moa.parallel.batch.max-result-size; %d in all, moa.parallel.batch.max-size-in-progress); split the batch"
                                        .formatted(size, limits.maxResultSize().toBytes(), bytes.limit())));
            } else if (!set(place, response)) {
                // the deadline was quicker
                taken.addAndGet(-size);
                bytes.giveBack(size);
            }
        }

        /** A caller that went away before its answer was written never closes it. */
        private void forgetLater() {
            try {
                timer.schedule(this::giveBack, WRITE_SECONDS, TimeUnit.SECONDS);
            } catch (RejectedExecutionException e) {
                // closed: nobody counts any more
            }
        }

        private void giveBack() {
            bytes.giveBack(taken.getAndSet(0));
        }

        private boolean set(int place, CallResponse response) {
            if (!responses.compareAndSet(place, null, response)) {
                return false;
            }
            if (open.decrementAndGet() == 0) {
                List<CallResponse> all = new ArrayList<>(responses.length());
                for (int i = 0; i < responses.length(); i++) {
                    all.add(Objects.requireNonNull(responses.get(i)));
                }
                if (!result.complete(new BatchResult(all, this::giveBack))) {
                    giveBack();
                } else if (taken.get() > 0) {
                    forgetLater();
                }
            }
            return true;
        }

        /** The batch's deadline: marks what is open, which answers the batch, then cancels it. */
        private void end() {
            for (int i = 0; i < responses.length(); i++) {
                if (responses.get(i) == null && batch.items().get(i) instanceof Batch.Call call) {
                    set(
                            i,
                            CallResponse.failure(
                                    call.request().id(),
                                    StatusCode.DEADLINE_EXCEEDED,
                                    "not answered within the batch's timeoutMs of %d".formatted(timeoutMs)));
                }
            }
            cancelOpen();
        }

        private void cancelOpen() {
            for (int i = 0; i < calls.length(); i++) {
                CompletableFuture<CallResponse> call = calls.get(i);
                if (call != null && !call.isDone()) {
                    call.cancel(false);
                }
            }
        }
    }

    private static CallRequest traced(CallRequest request, String traceparent, int index) {
        CallContext ctx = request.ctx();
        return request.withCtx(ctx.withTrace(
                ctx.traceparent() == null ? traceparent : ctx.traceparent(),
                ctx.path() == null ? "0." + (index + 1) : ctx.path()));
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
