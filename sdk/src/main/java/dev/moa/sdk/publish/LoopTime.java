package dev.moa.sdk.publish;

import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import org.jspecify.annotations.Nullable;

/**
 * What of an event loop's time the methods of published services may take: half of it, so that many calls of middling
 * length run beside each other on threads and not one after another here. The first {@value #FREE_NANOS} ns of a call
 * do not count: about as much as it costs to hand it to a thread.
 *
 * <p>Belongs to its loop's thread.
 */
final class LoopTime {

    private static final FastThreadLocal<LoopTime> HERE = new FastThreadLocal<>() {
        @Override
        protected LoopTime initialValue() {
            return new LoopTime();
        }
    };
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private static final long FREE_NANOS = 10_000;
    private static final long MOST_SAVED_NANOS = 500_000;
    private static final long MOST_TAKEN_NANOS = 500_000;
    /** So old may the last look at the processor's clock be, which is a system call. */
    private static final long LOOK_NANOS = 250_000;

    private long left = MOST_SAVED_NANOS;
    private long filledAt = System.nanoTime();
    private long lookedAt = filledAt;
    private long processorNanos = THREADS.getCurrentThreadCpuTime();

    private LoopTime() {}

    /** Returns whether this JVM tells what a thread has worked; asked early, for what that loads. */
    static boolean isKnown() {
        return THREADS.isCurrentThreadCpuTimeSupported() && THREADS.isThreadCpuTimeEnabled();
    }

    /** Returns the time of the event loop that this thread is; null if it is none. */
    static @Nullable LoopTime here() {
        return Thread.currentThread() instanceof FastThreadLocalThread ? HERE.get() : null;
    }

    /** Returns whether a method may begin now. */
    boolean allows(long now) {
        left = Math.min(MOST_SAVED_NANOS, left + (now - filledAt) / 2);
        filledAt = now;
        if (now - lookedAt > LOOK_NANOS) {
            lookedAt = now;
            processorNanos = THREADS.getCurrentThreadCpuTime();
        }
        return left > 0;
    }

    /** A method has taken so much. */
    void taken(long nanos) {
        if (nanos > FREE_NANOS) {
            left = Math.max(-MOST_TAKEN_NANOS, left - nanos + FREE_NANOS);
        }
    }

    /** Returns whether a method that began at {@code from} and held the thread until now was at work for most of it. */
    boolean computedSince(long from) {
        long worked = THREADS.getCurrentThreadCpuTime() - processorNanos - (from - lookedAt);
        return worked > (System.nanoTime() - from) / 2;
    }
}
