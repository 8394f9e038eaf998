package dev.moa.registry.watch;

import java.io.IOException;

/** The way to one subscriber. Used by one thread at a time; may block. */
public interface Outlet {

    /** Sends data under a name. */
    void send(String event, String data) throws IOException;

    /** Sends the place where the subscriber may go on. */
    void sendToken(String token) throws IOException;

    /** Sends a sign of life. */
    void sendHeartbeat() throws IOException;

    /** Ends the connection; called once, by any thread. */
    void close();
}
