package dev.moa.protocol.server;

import dev.moa.protocol.resp.RespVersion;
import java.net.SocketAddress;

/** A RESP connection, as a {@link RespExtension} sees it. */
public interface RespSession {

    /** Returns a number that no other connection of the port has had. */
    long id();

    /** Returns what the connection speaks; changes with HELLO and RESET, on its event loop. */
    RespVersion version();

    /** Returns where the client is. */
    SocketAddress address();

    /** Returns the name that the client gave itself; empty if none. */
    String clientName();

    /**
     * Sends a message that answers nothing, behind the replies that are due. A client that does not read what it is
     * sent is cut off. Safe for many threads.
     */
    void push(byte[] message);

    /**
     * Sends a message as {@link #push} does, or returns false where the client has not read enough of what it was sent
     * before: come again in a moment. Safe for many threads.
     */
    boolean offer(byte[] message);

    /** Ends the connection; safe for many threads. */
    void close();

    /** Runs {@code action} when the connection has ended, at once if it has; safe for many threads. */
    void onClose(Runnable action);
}
