package dev.moa.sdk.call;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.client.MoaConnection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One try of a call at one instance. It ends once, and tells the instance's record and then its call. */
final class Attempt implements BiConsumer<CallResponse, Throwable> {

    /** Why it is made. */
    enum Kind {
        FIRST,
        RETRY,
        HEDGE
    }

    private final Call call;
    private final ServiceCalls service;
    private final Endpoint endpoint;
    private final Kind kind;
    private final long beganAt;
    private volatile boolean abandoned;
    private volatile boolean outrun;
    private volatile @Nullable Future<?> answer;

    Attempt(Call call, ServiceCalls service, Endpoint endpoint, Kind kind) {
        this.call = call;
        this.service = service;
        this.endpoint = endpoint;
        this.kind = kind;
        this.beganAt = service.nanoTime();
    }

    Endpoint endpoint() {
        return endpoint;
    }

    Kind kind() {
        return kind;
    }

    long beganAt() {
        return beganAt;
    }

    void start(CallRequest request, Deadline deadline) {
        endpoint.begin();
        MoaConnection ready = endpoint.line().ready();
        if (ready != null) {
            send(ready, request, deadline);
            return;
        }
        CompletableFuture<MoaConnection> opening = endpoint.line().connect();
        if (!opening.isDone()) {
            call.arm(service.timer(), "a connection to " + endpoint);
        }
        opening.whenComplete((opened, failure) -> {
            if (failure == null) {
                send(opened, request, deadline);
            } else {
                accept(notReached(request, failure), null);
            }
        });
    }

    private void send(MoaConnection connection, CallRequest request, Deadline deadline) {
        if (abandoned || !call.leaves()) {
            // cancelled or expired while it connected
            accept(
                    CallResponse.failure(
                            request.id(), StatusCode.CANCELLED, "ended before it was sent", Outcome.notSent()),
                    null);
            return;
        }
        CompletableFuture<CallResponse> sent = call.send(connection, request, deadline);
        answer = sent;
        sent.whenComplete(this);
        if (abandoned) {
            sent.cancel(false);
        }
    }

    /** A hedge was answered first. */
    void outrun() {
        outrun = true;
        abandon();
    }

    /** Nobody waits for it any more: the instance is told. Does nothing once it has ended. */
    void abandon() {
        abandoned = true;
        Future<?> running = answer;
        if (running != null && !running.isDone()) {
            running.cancel(false);
        }
    }

    @Override
    public void accept(@Nullable CallResponse response, @Nullable Throwable failure) {
        long took = service.nanoTime() - beganAt;
        service.attempted(endpoint, response == null && outrun ? Outcome.OUTRUN : call.outcome(response), took);
        call.attempted(this, response, took);
    }

    private static CallResponse notReached(CallRequest request, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        String why = cause.getMessage();
        StatusCode code = cause instanceof MoaException known ? known.code() : StatusCode.UNAVAILABLE;
        return CallResponse.failure(
                request.id(), code, why == null ? cause.getClass().getSimpleName() : why, Outcome.notSent());
    }
}
