package dev.moa.registry.watch;

import java.io.IOException;

/**
 * The way to one subscriber. Used by one thread at a time; may block. What was sent may stay here until
 * {@link #flush()}, so that what belongs together is written at once.
 */
public interface Outlet {

    /** Sends data under a name. */
    void send(String event, String data) throws IOException;

    /** Sends the place where the subscriber may go on. */
    void sendToken(String token) throws IOException;

    /** Sends a sign of life. */
    void sendHeartbeat() throws IOException;

    /** Writes what was sent so far. */
    void flush() throws IOException;

    /** Ends the connection; called once, by any thread. */
    void close();
}
