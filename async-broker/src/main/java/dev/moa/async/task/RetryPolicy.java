package dev.moa.async.task;

import java.util.random.RandomGenerator;

/**
 * When a failed attempt is tried again: exponential, doubling from {@code backoffMs} up to
 * {@code maxBackoffMs}, with jitter (each wait is drawn from its upper half).
 *
 * @param maxAttempts attempts in all, the first one included
 * @param backoffMs wait before the second attempt, in milliseconds
 * @param maxBackoffMs the longest wait, in milliseconds
 */
public record RetryPolicy(int maxAttempts, long backoffMs, long maxBackoffMs) {

    /** Returns how long to wait after the {@code attempt}-th attempt (from 1) has failed, in milliseconds. */
    public long waitMs(int attempt, RandomGenerator random) {
        int doublings = Math.min(attempt - 1, 30);
        long full = Math.min(backoffMs << doublings, maxBackoffMs);
        if (backoffMs << doublings >> doublings != backoffMs) {
            full = maxBackoffMs;
        }
        return full - random.nextLong(full / 2 + 1);
    }
}
