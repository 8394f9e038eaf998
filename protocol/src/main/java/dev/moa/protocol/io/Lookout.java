package dev.moa.protocol.io;

import io.netty.channel.SelectStrategy;
import io.netty.util.IntSupplier;

/**
 * How a caller that has borrowed an event loop waits for its answer: it asks {@code epoll_wait} again and again for up to
 * 50 µs, about what a short call takes, before it sleeps in there. Being woken takes longer than that often does: the
 * processor that runs the caller has gone to sleep as well by then.
 *
 * <p>Looking pays only while answers come in that time. Each time in vain, half as many waits as before begin with it, down to
 * one in {@value #FEWEST}; each success doubles them, up to all. So where other threads need the processors, or calls take
 * longer, next to nothing is spent on it. The event loop's own thread never looks, and with one processor nobody does.
 *
 * <p>The system property {@value #MICROS} sets another time (0 to 1,000 µs); 0 turns it off.
 */
final class Lookout implements SelectStrategy {

    static final String MICROS = "moa.io.look-micros";
    static final int FEWEST = 1_024;

    private static final int MAX_MICROS = 1_000;
    private static final long LOOK_NANOS = micros() * 1_000L;

    private final long lookNanos;

    // the owner's, as the loop itself

    private boolean looks;
    /** One wait in so many begins with looking. */
    private int every = 1;

    private int sinceLast;

    Lookout() {
        this(LOOK_NANOS);
    }

    /** @param lookNanos how long it looks; 0: it never does */
    Lookout(long lookNanos) {
        this.lookNanos = lookNanos;
    }

    private static int micros() {
        int micros = Integer.getInteger(MICROS, Runtime.getRuntime().availableProcessors() > 1 ? 50 : 0);
        if (micros < 0 || micros > MAX_MICROS) {
            throw new IllegalArgumentException("%s: %d (expected: 0 to %d)".formatted(MICROS, micros, MAX_MICROS));
        }
        return micros;
    }

    /** A caller waits from now on. */
    void begin() {
        looks = lookNanos > 0;
    }

    /** The caller's wait is over. */
    void end() {
        looks = false;
    }

    @Override
    public int calculateStrategy(IntSupplier ready, boolean hasTasks) throws Exception {
        if (hasTasks) {
            return ready.get();
        }
        if (!looks) {
            return SELECT;
        }
        if (++sinceLast < every) {
            return SELECT;
        }
        sinceLast = 0;
        return look(ready);
    }

    private int look(IntSupplier ready) throws Exception {
        long begun = System.nanoTime();
        do {
            int events = ready.get();
            if (events > 0) {
                every = Math.max(1, every / 2);
                return events;
            }
        } while (System.nanoTime() - begun < lookNanos);
        every = Math.min(FEWEST, 2 * every);
        return SELECT;
    }
}
