package dev.moa.protocol;

import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** What the receiving end knows of a call beside the request itself. Safe for many threads. */
public interface IncomingCall {

    /** Returns the moment by which the caller wants the answer; work past it is not started. */
    Deadline deadline();

    /** Returns who is at the other end of the connection. */
    SocketAddress peer();

    /** Returns the caller as the token proved it; null where the port asks for none. */
    @Nullable
    Caller caller();

    /** Returns whether nobody waits for the answer any more. */
    boolean isCancelled();

    /**
     * Runs {@code action} once if the caller cancels or its connection breaks; at once if that was before. A call that
     * wants no answer goes on without its connection.
     */
    void onCancel(Runnable action);
}
