package dev.moa.sdk.call;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a client calls. Start from {@link #defaults()}.
 *
 * @param zone where this process stands, for balancers that look at it; null where unknown
 * @param retryRatio retries and hedges for each call, on average (0.2), so that an outage meets at most that much more
 *     load; a retry of something that was never sent costs nothing of it
 * @param ejection when an instance gets no calls for a while
 * @param warmUp time after which an instance that appears gets its full share even if it had too few calls to show that
 *     it can carry it (30 s); zero means at once
 * @param service what holds for every service and method for which nothing else is said
 * @param methods what holds for some services and methods instead, each said once
 */
public record CallSettings(
        @Nullable String zone,
        double retryRatio,
        Ejection ejection,
        Duration warmUp,
        MethodSettings service,
        List<MethodSettings> methods) {

    private static final CallSettings DEFAULTS = new CallSettings(
            null, 0.2, Ejection.defaults(), Duration.ofSeconds(30), MethodSettings.ofServices(), List.of());

    /**
     * When an instance is taken out.
     *
     * @param after failures in a row that lead to it (5)
     * @param first how long at first (2 s), doubled each time; then one call on trial decides
     * @param longest how long at most (6 s)
     * @param most share of a service's instances that may be out at once (0.5): the panic threshold. Beyond it no
     *     ejection counts, since the fault is hardly theirs and the rest could not carry the load
     */
    public record Ejection(int after, Duration first, Duration longest, double most) {

        private static final Ejection DEFAULTS = new Ejection(5, Duration.ofSeconds(2), Duration.ofSeconds(6), 0.5);

        /** @throws IllegalArgumentException if a number is out of range */
        public Ejection {
            MethodSettings.require(after > 0, "after", after, "> 0");
            MethodSettings.require(!first.isNegative(), "first", first, ">= 0");
            MethodSettings.require(longest.compareTo(first) >= 0, "longest", longest, ">= first, which is " + first);
            MethodSettings.require(most >= 0 && most <= 1, "most", most, "0 to 1");
        }

        /** Returns 5 failures, 2 s, 6 s and one half. */
        public static Ejection defaults() {
            return DEFAULTS;
        }
    }

    /** @throws IllegalArgumentException if a number is out of range */
    public CallSettings {
        MethodSettings.require(retryRatio >= 0 && retryRatio <= 1, "retryRatio", retryRatio, "0 to 1");
        MethodSettings.require(!warmUp.isNegative(), "warmUp", warmUp, ">= 0");
        methods = List.copyOf(methods);
    }

    /** Returns the settings of an ordinary client. */
    public static CallSettings defaults() {
        return DEFAULTS;
    }

    /** Returns the same settings in another zone. */
    public CallSettings withZone(@Nullable String newZone) {
        return new CallSettings(newZone, retryRatio, ejection, warmUp, service, methods);
    }

    /** Returns the same settings with another share of retries and hedges. */
    public CallSettings withRetryRatio(double ratio) {
        return new CallSettings(zone, ratio, ejection, warmUp, service, methods);
    }

    /** Returns the same settings with another way to take failing instances out. */
    public CallSettings withEjection(Ejection newEjection) {
        return new CallSettings(zone, retryRatio, newEjection, warmUp, service, methods);
    }

    /** Returns the same settings with another time to warm up. */
    public CallSettings withWarmUp(Duration longest) {
        return new CallSettings(zone, retryRatio, ejection, longest, service, methods);
    }

    /** Returns the same settings with something else for every service for which nothing is said. */
    public CallSettings withService(MethodSettings everyService) {
        return new CallSettings(zone, retryRatio, ejection, warmUp, everyService, methods);
    }

    /** Returns the same settings with something else for some services and methods, each said once. */
    public CallSettings withMethods(List<MethodSettings> some) {
        return new CallSettings(zone, retryRatio, ejection, warmUp, service, some);
    }
}
