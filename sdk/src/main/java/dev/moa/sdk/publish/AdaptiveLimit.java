package dev.moa.sdk.publish;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * How many calls of a service an instance takes at once, found by what its calls take: when they take much longer than
 * they usually do, more at once only means more waiting, and the next ones are better off elsewhere.
 *
 * <p>Each {@link Method} knows what its own calls usually take, so fast and slow methods may share a service. Every window
 * of at least 250 ms and 20 calls gives one number, the geometric mean of took ÷ usual, both with 20 ms added: a few
 * calls that take very long do not move it, nor do the milliseconds by which a busy machine is late; all of them taking
 * twice as long do. Beyond {@value #TOLERANCE}, if there were more calls at once than the least, the limit shrinks in proportion,
 * by a half at most; below, it grows again. That is the gradient of Netflix's concurrency-limits (Gradient2)
 * and of Envoy's adaptive concurrency, with a long-term figure for each method instead of one for all.
 *
 * <p>It starts at its maximum: without evidence nothing is refused. What is usual follows faster calls within seconds and
 * slower ones within a minute, and hardly at all while the limit shrinks, so that an overload does not become what is
 * usual. A service that is slow even at its minimum for 2 s has become slower, and that is what is usual from then on.
 *
 * <p>Safe for many threads: to admit is a read, to end is two atomic additions; whoever ends the last call of a window
 * counts it up, under a lock that nobody waits for.
 */
final class AdaptiveLimit {

    static final double TOLERANCE = 2;
    private static final long WINDOW_NANOS = 250_000_000L;
    private static final int WINDOW_CALLS = 20;
    private static final int WINDOWS_AT_LEAST = 8;
    private static final double MOST_SHRINKING = 0.5;
    /** Weight of a window in what is usual: faster calls, slower calls, slower calls while the limit shrinks. */
    private static final double DOWN = 0.1;

    private static final double UP = 0.01;
    private static final double UP_OVERLOADED = 0.0005;
    /** Less than this is not worth refusing anything for. */
    private static final long SLACK_NANOS = 20_000_000L;
    /** Logarithms are summed as whole numbers of this unit. */
    private static final double UNIT = 1_000;

    /** What the calls of one method take. */
    static final class Method {
        private final AtomicLong logarithms = new AtomicLong();
        private final AtomicInteger calls = new AtomicInteger();
        // under the limit's lock
        private double usual = Double.NaN;
        private double mean;
        private int counted;

        /** Takes over what has come in; returns Σ ln(took ÷ usual). */
        private double take() {
            counted = calls.getAndSet(0);
            double sum = logarithms.getAndSet(0) / UNIT;
            if (counted == 0) {
                return 0;
            }
            mean = sum / counted;
            if (Double.isNaN(usual)) {
                usual = mean;
            }
            return (mean - usual) * counted;
        }

        private void learn(double up) {
            if (counted > 0) {
                usual += (mean - usual) * (mean < usual ? DOWN : up);
            }
        }
    }

    private final int least;
    private final int most;
    private final LongSupplier nanoClock;
    private final List<Method> methods = new CopyOnWriteArrayList<>();
    private final AtomicInteger calls = new AtomicInteger();
    private final ReentrantLock counting = new ReentrantLock();
    private volatile int limit;
    private volatile int busiest;
    private volatile long windowEnds;
    private int windowsAtLeast;

    /**
     * @param least calls at once that are taken whatever they take
     * @param most calls at once that are taken while nothing speaks against it
     */
    AdaptiveLimit(int least, int most, LongSupplier nanoClock) {
        this.least = Math.min(least, most);
        this.most = most;
        this.nanoClock = nanoClock;
        this.limit = most;
        this.windowEnds = nanoClock.getAsLong() + WINDOW_NANOS;
    }

    /** Returns a place for the figures of one more method. */
    Method newMethod() {
        Method method = new Method();
        methods.add(method);
        return method;
    }

    /** Returns the calls that may be there at once. */
    int limit() {
        return limit;
    }

    /** Returns whether a call that would be the {@code inFlight}th at once is taken. */
    boolean admits(int inFlight) {
        if (inFlight > busiest) {
            busiest = inFlight;
        }
        int now = limit;
        return inFlight <= now || now == most;
    }

    /** A call that was taken has ended; {@code tookNanos} from the moment it was taken. */
    void ended(Method method, long tookNanos) {
        method.logarithms.addAndGet(Math.round(Math.log(Math.max(0, tookNanos) + SLACK_NANOS) * UNIT));
        method.calls.incrementAndGet();
        if (calls.incrementAndGet() >= WINDOW_CALLS && nanoClock.getAsLong() - windowEnds >= 0 && counting.tryLock()) {
            try {
                countUp();
            } finally {
                counting.unlock();
            }
        }
    }

    // under the lock
    private void countUp() {
        long now = nanoClock.getAsLong();
        if (now - windowEnds < 0) {
            return;
        }
        windowEnds = now + WINDOW_NANOS;
        int counted = Math.max(1, calls.getAndSet(0));
        double sum = 0;
        for (Method method : methods) {
            sum += method.take();
        }
        double ratio = Math.exp(sum / counted);
        int used = busiest;
        busiest = 0;
        boolean overloaded = ratio > TOLERANCE && used > least;
        windowsAtLeast = overloaded && limit <= least ? windowsAtLeast + 1 : 0;
        boolean slower = windowsAtLeast >= WINDOWS_AT_LEAST;
        for (Method method : methods) {
            method.learn(slower ? 1 : overloaded ? UP_OVERLOADED : UP);
        }
        if (overloaded) {
            limit = Math.max(least, (int) (limit * Math.max(MOST_SHRINKING, TOLERANCE / ratio)));
        } else {
            limit = Math.min(most, limit + Math.max(4, (int) Math.sqrt(limit)));
        }
    }
}
