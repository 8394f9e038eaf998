package dev.moa.parallel.forward;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Passes calls on to their services, so many at once for each service, so that a slow one holds up its own calls
 * and nobody else's. A call that must wait does so within its deadline.
 *
 * <p>Safe for many threads, never blocks. A returned future never completes exceptionally, except that the caller
 * may cancel it, which cancels the call. Lanes exist only while they have calls, so names that nobody serves
 * leave nothing behind.
 */
public final class Forwarder implements AutoCloseable {
    private static final Payload NOT_SENT = Payload.json("{\"sent\":false}");

    private final Function<CallRequest, CompletableFuture<CallResponse>> client;
    private final ForwardProperties limits;
    private final Map<ServiceName, Lane> lanes = new ConcurrentHashMap<>();
    private final AtomicInteger calls = new AtomicInteger();
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, work -> {
        Thread thread = new Thread(work, "parallel-timer-1");
        thread.setDaemon(true);
        return thread;
    });

    /** @param client starts a call, whose {@code ctx.timeoutMs} is what is left for it; never fails */
    public Forwarder(Function<CallRequest, CompletableFuture<CallResponse>> client, ForwardProperties limits) {
        this.client = client;
        this.limits = limits;
        timer.setRemoveOnCancelPolicy(true);
    }

    /** Starts a call, or puts it down to wait for its turn. */
    public CompletableFuture<CallResponse> forward(CallRequest request, Deadline deadline) {
        CallResponse refusal = refusal(request, deadline);
        if (refusal != null) {
            return CompletableFuture.completedFuture(refusal);
        }
        if (calls.incrementAndGet() > limits.maxCalls()) {
            calls.decrementAndGet();
            return refused(
                    request,
                    "calls: %d run or wait already (limit: moa.parallel.forward.max-calls); try again later"
                            .formatted(limits.maxCalls()));
        }
        Lane lane = lanes.compute(request.service(), (name, present) -> {
            Lane used =
                    present == null ? new Lane(limits.maxRunningPerService(), limits.maxWaitingPerService()) : present;
            used.users++;
            return used;
        });
        Passage passage = new Passage(request, deadline, lane);
        switch (lane.enter(passage.turn)) {
            case RUN_NOW -> passage.run();
            case WAITS -> passage.await();
            case REFUSED ->
                passage.turn.result.complete(CallResponse.failure(
                        request.id(),
                        StatusCode.RESOURCE_EXHAUSTED,
                        "%s: %d calls wait already (limit: moa.parallel.forward.max-waiting-per-service); try again later"
                                .formatted(request.service(), limits.maxWaitingPerService()),
                        NOT_SENT));
        }
        return passage.turn.result;
    }

    /** Returns how many calls run or wait. */
    public int calls() {
        return calls.get();
    }

    /** Returns how many calls wait for their turn. */
    public int waiting() {
        return lanes.values().stream().mapToInt(Lane::waiting).sum();
    }

    /** Returns how many services are being called. */
    public int lanes() {
        return lanes.size();
    }

    private static @Nullable CallResponse refusal(CallRequest request, Deadline deadline) {
        if (request.task() != null) {
            return CallResponse.failure(
                    request.id(),
                    StatusCode.INVALID_ARGUMENT,
                    "task: present (expected: a plain call); send tasks to the async broker");
        }
        String reserved = ReservedArguments.find(request.args());
        if (reserved != null) {
            return CallResponse.failure(
                    request.id(),
                    StatusCode.INVALID_ARGUMENT,
                    "%s: an object with $ref is reserved for another call's result; rename the field"
                            .formatted(reserved));
        }
        if (deadline.hasPassed()) {
            return CallResponse.failure(
                    request.id(), StatusCode.DEADLINE_EXCEEDED, "the deadline had passed before the call", NOT_SENT);
        }
        return null;
    }

    private static CompletableFuture<CallResponse> refused(CallRequest request, String message) {
        return CompletableFuture.completedFuture(
                CallResponse.failure(request.id(), StatusCode.RESOURCE_EXHAUSTED, message, NOT_SENT));
    }

    /** One call on its way through its lane. */
    private final class Passage {
        private final CallRequest request;
        private final Deadline deadline;
        private final Lane lane;
        private final Lane.Turn turn;
        private volatile @Nullable ScheduledFuture<?> timeout;

        Passage(CallRequest request, Deadline deadline, Lane lane) {
            this.request = request;
            this.deadline = deadline;
            this.lane = lane;
            this.turn = new Lane.Turn(this::run);
            turn.result.whenComplete((response, cancelled) -> end());
        }

        void await() {
            timeout = timer.schedule(
                    () -> turn.result.complete(CallResponse.failure(
                            request.id(),
                            StatusCode.DEADLINE_EXCEEDED,
                            "%s: the call waited for its turn until its deadline; %d others run (limit: moa.parallel.forward.max-running-per-service)"
                                    .formatted(request.service(), limits.maxRunningPerService()),
                            NOT_SENT)),
                    Math.max(0, deadline.remainingNanos()),
                    TimeUnit.NANOSECONDS);
        }

        void run() {
            ScheduledFuture<?> waited = timeout;
            if (waited != null) {
                waited.cancel(false);
            }
            if (turn.result.isDone()) {
                runNext();
                return;
            }
            long leftMs = deadline.remainingMillis();
            if (leftMs <= 0) {
                turn.result.complete(CallResponse.failure(
                        request.id(), StatusCode.DEADLINE_EXCEEDED, "the deadline passed before the call", NOT_SENT));
                runNext();
                return;
            }
            CompletableFuture<CallResponse> call;
            try {
                call = client.apply(request.withCtx(request.ctx().withTimeoutMs(leftMs)));
            } catch (RuntimeException e) {
                call = CompletableFuture.failedFuture(e);
            }
            CompletableFuture<CallResponse> running = call;
            running.whenComplete((response, failure) -> {
                turn.result.complete(
                        failure == null
                                ? response.withId(request.id())
                                : CallResponse.failure(
                                        request.id(), StatusCode.INTERNAL, "the call could not be started"));
                runNext();
            });
            turn.result.whenComplete((response, cancelled) -> running.cancel(false));
        }

        /** Hands the place on; on a thread of its own where the next calls also end at once, to keep the stack flat. */
        private void runNext() {
            Lane.Turn next = lane.leave();
            if (next != null) {
                timer.execute(next.start);
            }
        }

        private void end() {
            calls.decrementAndGet();
            lanes.computeIfPresent(request.service(), (name, present) -> {
                if (present == lane) {
                    present.users--;
                    return present.users == 0 ? null : present;
                }
                return present;
            });
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
