package dev.moa.sdk.call;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.sdk.balance.Balancer;
import dev.moa.sdk.lookup.Directory;
import java.util.concurrent.CompletableFuture;

/** All calls of a client. */
public final class Calls implements AutoCloseable {

    public Calls(Directory directory, Balancer balancer, CallSettings settings, ConnectionOptions connection) {}

    /** Calls; the future never completes exceptionally, and cancelling it cancels the call. */
    public CompletableFuture<CallResponse> call(CallRequest request, Deadline deadline, boolean idempotent) {
        return CompletableFuture.completedFuture(
                CallResponse.failure(request.id(), StatusCode.UNAVAILABLE, "no instance can be called yet"));
    }

    @Override
    public void close() {}
}
