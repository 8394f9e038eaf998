package dev.moa.protocol.client;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.StatusCode;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** One connection to a moa port, over which many calls go at once. */
public final class MoaConnection implements AutoCloseable {

    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    private MoaConnection() {}

    /** Connects and greets; fails with a {@link MoaException}. */
    public static CompletableFuture<MoaConnection> open(InetSocketAddress address, ConnectionOptions options) {
        return CompletableFuture.failedFuture(
                new MoaException(StatusCode.UNAVAILABLE, address + ": the binary protocol is not there yet"));
    }

    /** Sends a call; never completes exceptionally, except that cancelling the future sends CANCEL. */
    public CompletableFuture<CallResponse> call(CallRequest request, Deadline deadline) {
        return CompletableFuture.completedFuture(CallResponse.failure(request.id(), StatusCode.UNAVAILABLE, "closed"));
    }

    /** Completes when the peer has answered a PING. */
    public CompletableFuture<Void> ping(Duration timeout) {
        return CompletableFuture.failedFuture(new MoaException(StatusCode.UNAVAILABLE, "closed"));
    }

    public boolean isOpen() {
        return false;
    }

    public boolean isGoingAway() {
        return false;
    }

    public int inFlight() {
        return 0;
    }

    public CompletableFuture<Void> closed() {
        return closed;
    }

    @Override
    public void close() {
        closed.complete(null);
    }
}
