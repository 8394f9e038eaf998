package dev.moa.sdk.call;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.client.MoaConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One call over its attempts; itself the future of its response.
 *
 * <p>Attempts follow one another, so the fields without {@code volatile} are written by one thread at a time, each
 * made visible by the future that hands on to the next. The call ends once: whoever completes the future first
 * (the last attempt, the deadline, the caller's cancel) also gives back the bulkhead's place.
 */
final class Call extends CompletableFuture<CallResponse> implements BiConsumer<CallResponse, Throwable> {

    private final CallRequest request;
    private final Deadline deadline;
    private final boolean idempotent;
    private volatile @Nullable ServiceCalls service;
    private long startedAt;
    private int attempts;
    private @Nullable List<Endpoint> tried;
    private @Nullable Endpoint endpoint;
    private long attemptedAt;
    private volatile @Nullable Future<?> pending;
    private volatile @Nullable Future<?> alarm;
    private boolean released;

    Call(CallRequest request, Deadline deadline, boolean idempotent) {
        this.request = request;
        this.deadline = deadline;
        this.idempotent = idempotent;
    }

    CallRequest request() {
        return request;
    }

    /** Ends the call without having been let in. */
    void refuse(StatusCode code, String message) {
        complete(CallResponse.failure(request.id(), code, message, Outcome.notSent()));
        disarm();
    }

    /** Makes sure that the call ends by its deadline while it waits for something other than its answer. */
    void arm(ScheduledExecutorService timer, String waitingFor) {
        if (alarm == null) {
            try {
                alarm = timer.schedule(() -> expire(waitingFor), deadline.remainingNanos(), TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException e) {
                finish(CallResponse.failure(
                        request.id(), StatusCode.UNAVAILABLE, "the client is closed", Outcome.notSent()));
            }
        }
    }

    void begin(ServiceCalls in) {
        service = in;
        startedAt = in.nanoTime();
        if (isDone()) {
            // it ended while the service was looked up
            release(in, null);
            return;
        }
        attempt(in);
    }

    private void attempt(ServiceCalls in) {
        attempts++;
        if (deadline.hasPassed()) {
            expire("its turn");
            return;
        }
        Endpoint chosen = in.choose(request, tried);
        if (chosen == null) {
            finish(CallResponse.failure(
                    request.id(),
                    StatusCode.UNAVAILABLE,
                    "%s: no instance can be called now (known: %d)"
                            .formatted(in.service(), in.roster().all().size()),
                    Outcome.notSent()));
            return;
        }
        endpoint = chosen;
        attemptedAt = in.nanoTime();
        chosen.record().begin();
        MoaConnection ready = chosen.line().ready();
        if (ready != null) {
            send(ready);
            return;
        }
        CompletableFuture<MoaConnection> opening = chosen.line().connect();
        if (!opening.isDone()) {
            arm(in.timer(), "a connection to " + chosen);
        }
        opening.whenComplete((opened, failure) -> {
            if (failure == null) {
                send(opened);
            } else {
                accept(notReached(failure), null);
            }
        });
    }

    private void send(MoaConnection connection) {
        if (isDone()) {
            // cancelled or expired while it connected
            accept(
                    CallResponse.failure(
                            request.id(), StatusCode.CANCELLED, "ended before it was sent", Outcome.notSent()),
                    null);
            return;
        }
        CompletableFuture<CallResponse> answer = connection.call(request, deadline);
        pending = answer;
        answer.whenComplete(this);
        if (isDone()) {
            answer.cancel(false);
        }
    }

    /** An attempt ended. */
    @Override
    public void accept(@Nullable CallResponse response, @Nullable Throwable failure) {
        ServiceCalls in = service;
        Endpoint used = endpoint;
        if (in == null || used == null) {
            throw new IllegalStateException("an attempt ended that never began");
        }
        endpoint = null;
        if (response == null) {
            in.attempted(used, Outcome.UNKNOWN, 0);
            finish(CallResponse.failure(request.id(), StatusCode.CANCELLED, "cancelled"));
            return;
        }
        in.attempted(used, Outcome.of(response), in.nanoTime() - attemptedAt);
        if (isDone()) {
            return;
        }
        if (response.isOk() || !in.mayRetry(response, idempotent, attempts) || deadline.hasPassed()) {
            finish(response);
            return;
        }
        List<Endpoint> before = tried;
        if (before == null) {
            before = new ArrayList<>(2);
            tried = before;
        }
        before.add(used);
        attempt(in);
    }

    private CallResponse notReached(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        String why = cause.getMessage();
        StatusCode code = cause instanceof MoaException known ? known.code() : StatusCode.UNAVAILABLE;
        return CallResponse.failure(
                request.id(), code, why == null ? cause.getClass().getSimpleName() : why, Outcome.notSent());
    }

    private void expire(String waitingFor) {
        finish(CallResponse.failure(
                request.id(),
                StatusCode.DEADLINE_EXCEEDED,
                "the deadline passed while it waited for " + waitingFor,
                attempts <= 1 ? Outcome.notSent() : null));
    }

    private void finish(CallResponse response) {
        if (complete(response.id() == null && request.id() != null ? response.withId(request.id()) : response)) {
            end(response);
        }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        if (!super.cancel(mayInterruptIfRunning)) {
            return false;
        }
        end(null);
        return true;
    }

    private void end(@Nullable CallResponse response) {
        disarm();
        Future<?> running = pending;
        if (running != null && !running.isDone()) {
            running.cancel(false);
        }
        ServiceCalls in = service;
        if (in != null) {
            release(in, response);
        }
    }

    private void release(ServiceCalls in, @Nullable CallResponse response) {
        synchronized (this) {
            if (released) {
                return;
            }
            released = true;
        }
        in.ended(response, in.nanoTime() - startedAt);
    }

    private void disarm() {
        Future<?> set = alarm;
        if (set != null) {
            set.cancel(false);
        }
    }
}
