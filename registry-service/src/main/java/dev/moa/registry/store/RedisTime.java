package dev.moa.registry.store;

import java.time.Duration;

/**
 * Notices when Redis's clock was set: it went on by another time than this process's monotonic clock; and when nobody
 * looked for a while. Belongs to one thread.
 */
final class RedisTime {
    private final long toleranceMs;
    private boolean known;
    private long lastMs;
    private long lastNanos;

    /** @param tolerance a smaller difference is how long an answer takes */
    RedisTime(Duration tolerance) {
        this.toleranceMs = tolerance.toMillis();
    }

    /** Returns whether there is more time than the tolerance between two moments of a row, on the monotonic clock. */
    boolean isGap(long... nanos) {
        for (int i = 1; i < nanos.length; i++) {
            if ((nanos[i] - nanos[i - 1]) / 1_000_000 > toleranceMs) {
                return true;
            }
        }
        return false;
    }

    /** Takes note of Redis's time; returns whether its clock was set since the last note. */
    boolean isStep(long redisMs, long nanos) {
        long passedMs = (nanos - lastNanos) / 1_000_000;
        boolean step = known && Math.abs(redisMs - lastMs - passedMs) > toleranceMs;
        known = true;
        lastMs = redisMs;
        lastNanos = nanos;
        return step;
    }
}
