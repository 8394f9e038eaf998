package dev.moa.protocol.client;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.io.DeadlineWheel;
import dev.moa.protocol.io.LendingLoop;
import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A call that has no answer yet. Its fields belong to the event loop; cancelling it tells the other end. */
final class PendingCall extends CompletableFuture<CallResponse> {

    private final FrameChannel connection;
    final CallRequest request;
    final Deadline deadline;
    /** Whether it ends once it is on its way. */
    final boolean oneway;

    final DeadlineWheel.Timeout timeout = new DeadlineWheel.Timeout(this::deadlinePassed);

    /** The stream it was sent on; 0 while it has not been sent. */
    long stream;

    /** Who does nothing but wait for it; null if that is not known. */
    @Nullable
    WaitingCaller caller;

    /** Whether the connection has let go of it. */
    boolean settled;

    PendingCall(FrameChannel connection, CallRequest request, Deadline deadline, boolean oneway) {
        this.connection = connection;
        this.request = request;
        this.deadline = deadline;
        this.oneway = oneway;
    }

    /** Ends it, on the event loop; what hangs on it never runs on a caller that has borrowed the loop. */
    void end(CallResponse response, EventLoop loop) {
        WaitingCaller waiting = caller;
        if (!LendingLoop.isBorrowed(loop)) {
            complete(response);
        } else if (waiting == null || !waiting.takes(this, response)) {
            loop.execute(() -> complete(response));
        }
    }

    private void deadlinePassed() {
        connection.deadlinePassed(this);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (cancelled) {
            connection.cancelled(this);
        }
        return cancelled;
    }
}
