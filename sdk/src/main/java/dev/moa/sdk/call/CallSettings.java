package dev.moa.sdk.call;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a client calls. Start from {@link #defaults()}.
 *
 * @param zone where this process stands, for balancers that look at it; null where unknown
 * @param maxInFlight calls to one service at once (2,000): the bulkhead; the next one ends RESOURCE_EXHAUSTED
 * @param maxAttempts times that one call is tried at most, the first included (3)
 * @param retryRatio retries for each call, on average (0.2), so that an outage meets at most that much more load; a
 *     retry of something that was never sent costs nothing of it
 * @param ejectAfter failures in a row after which an instance gets no calls for a while (5)
 * @param ejectFor how long at first (5 s); doubled each time, at most 60 s
 * @param maxEjected share of a service's instances that may be out at once (0.5); beyond it nothing more is
 *     believed of the others
 * @param warmUp time over which an instance that appears gets its full share (10 s); zero means at once
 * @param breakerThreshold per cent of calls to a service that must fail before it is given a rest (80); 0 means
 *     never
 * @param breakerRest how long that rest is, before some calls try again (2 s)
 */
public record CallSettings(
        @Nullable String zone,
        int maxInFlight,
        int maxAttempts,
        double retryRatio,
        int ejectAfter,
        Duration ejectFor,
        double maxEjected,
        Duration warmUp,
        int breakerThreshold,
        Duration breakerRest) {

    private static final CallSettings DEFAULTS = new CallSettings(
            null, 2_000, 3, 0.2, 5, Duration.ofSeconds(5), 0.5, Duration.ofSeconds(10), 80, Duration.ofSeconds(2));

    /** @throws IllegalArgumentException if a number is out of range */
    public CallSettings {
        require(maxInFlight > 0, "maxInFlight", maxInFlight, "> 0");
        require(maxAttempts > 0, "maxAttempts", maxAttempts, "> 0");
        require(retryRatio >= 0 && retryRatio <= 1, "retryRatio", retryRatio, "0 to 1");
        require(ejectAfter > 0, "ejectAfter", ejectAfter, "> 0");
        require(!ejectFor.isNegative(), "ejectFor", ejectFor, ">= 0");
        require(maxEjected >= 0 && maxEjected <= 1, "maxEjected", maxEjected, "0 to 1");
        require(!warmUp.isNegative(), "warmUp", warmUp, ">= 0");
        require(breakerThreshold >= 0 && breakerThreshold <= 100, "breakerThreshold", breakerThreshold, "0 to 100");
        require(breakerRest.toMillis() > 0, "breakerRest", breakerRest, "> 0");
    }

    /** Returns the settings of an ordinary client. */
    public static CallSettings defaults() {
        return DEFAULTS;
    }

    /** Returns the same settings in another zone. */
    public CallSettings withZone(@Nullable String newZone) {
        return new CallSettings(
                newZone,
                maxInFlight,
                maxAttempts,
                retryRatio,
                ejectAfter,
                ejectFor,
                maxEjected,
                warmUp,
                breakerThreshold,
                breakerRest);
    }

    /** Returns the same settings with another number of calls to one service at once. */
    public CallSettings withMaxInFlight(int calls) {
        return new CallSettings(
                zone,
                calls,
                maxAttempts,
                retryRatio,
                ejectAfter,
                ejectFor,
                maxEjected,
                warmUp,
                breakerThreshold,
                breakerRest);
    }

    /** Returns the same settings with other retries. */
    public CallSettings withRetries(int attempts, double ratio) {
        return new CallSettings(
                zone,
                maxInFlight,
                attempts,
                ratio,
                ejectAfter,
                ejectFor,
                maxEjected,
                warmUp,
                breakerThreshold,
                breakerRest);
    }

    /** Returns the same settings with another way to take failing instances out. */
    public CallSettings withEjection(int failuresInARow, Duration atFirst, double shareAtMost) {
        return new CallSettings(
                zone,
                maxInFlight,
                maxAttempts,
                retryRatio,
                failuresInARow,
                atFirst,
                shareAtMost,
                warmUp,
                breakerThreshold,
                breakerRest);
    }

    /** Returns the same settings with another time to warm up. */
    public CallSettings withWarmUp(Duration time) {
        return new CallSettings(
                zone,
                maxInFlight,
                maxAttempts,
                retryRatio,
                ejectAfter,
                ejectFor,
                maxEjected,
                time,
                breakerThreshold,
                breakerRest);
    }

    /** Returns the same settings with another circuit breaker; a threshold of 0 means none. */
    public CallSettings withBreaker(int thresholdPercent, Duration rest) {
        return new CallSettings(
                zone,
                maxInFlight,
                maxAttempts,
                retryRatio,
                ejectAfter,
                ejectFor,
                maxEjected,
                warmUp,
                thresholdPercent,
                rest);
    }

    private static void require(boolean holds, String name, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException("%s: %s (expected: %s)".formatted(name, value, expected));
        }
    }
}
