package dev.moa.protocol.client;

import dev.moa.protocol.frame.Window;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The calls of a connection that have no answer yet and the bytes of their arguments, within the window that both
 * ends allow. Safe for many threads. Both numbers stand in one word, so that a call costs one atomic step each way.
 */
final class InFlight {

    private static final int BYTES = 43;
    private static final long ONE_CALL = 1L << BYTES;

    private final Window own;
    private final AtomicLong now = new AtomicLong();
    private volatile Window limit;

    InFlight(int maxCalls, int maxBytes) {
        this.own = new Window(maxCalls, maxBytes);
        this.limit = own;
    }

    /** Returns what holds now: the smaller of what either end allows. */
    Window limit() {
        return limit;
    }

    /** The peer has said how much it takes. */
    void peerTakes(Window peer) {
        limit = new Window(
                Math.min(own.maxInFlight(), peer.maxInFlight()),
                Math.min(own.maxInFlightBytes(), peer.maxInFlightBytes()));
    }

    /** Takes a place; returns whether there was one. One call may always go, however long. */
    boolean enter(int bytes) {
        long after = now.addAndGet(ONE_CALL + bytes);
        Window window = limit;
        long calls = after >>> BYTES;
        if (calls > window.maxInFlight() || (calls > 1 && (after & (ONE_CALL - 1)) > window.maxInFlightBytes())) {
            leave(bytes);
            return false;
        }
        return true;
    }

    void leave(int bytes) {
        now.addAndGet(-ONE_CALL - bytes);
    }

    int calls() {
        return (int) (now.get() >>> BYTES);
    }

    long bytes() {
        return now.get() & (ONE_CALL - 1);
    }
}
