package dev.moa.registry.store;

import java.time.Duration;

/**
 * Notices when Redis's clock was set: it went on by another time than this process's monotonic clock. Belongs to one
 * thread.
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
