package dev.moa.registry.watch;

import dev.moa.protocol.ServiceName;
import java.io.IOException;

/**
 * The way to one subscriber. Used by one thread at a time; may block. What was sent may stay here until
 * {@link #flush()}, so that what belongs together is written at once.
 */
public interface Outlet {

    /** Sends what happened to a service, as JSON. */
    void sendChange(ServiceName service, String json) throws IOException;

    /** Sends, as JSON, that the subscriber is cut off; the last thing that is sent. */
    void sendCut(String json) throws IOException;

    /** Returns whether the subscriber can go on from a token later. */
    default boolean takesTokens() {
        return true;
    }

    /** Sends the place where the subscriber may go on; only to one that {@linkplain #takesTokens() takes} it. */
    default void sendToken(String token) throws IOException {}

    /** Sends a sign of life. */
    void sendHeartbeat() throws IOException;

    /** Writes what was sent so far. */
    void flush() throws IOException;

    /**
     * Writes what was sent so far, if that takes no waiting. Where it never waits, nothing is handed to another thread
     * before it is written.
     *
     * @return false if it would wait; what was sent is still here then
     */
    default boolean flushNow() {
        return false;
    }

    /** Returns whether {@link #flushNow()} is worth a try. */
    default boolean isPrompt() {
        return false;
    }

    /** Ends the connection; called once, by any thread. */
    void close();
}
