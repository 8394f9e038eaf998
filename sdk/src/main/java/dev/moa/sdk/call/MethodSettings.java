package dev.moa.sdk.call;

import dev.moa.protocol.MethodName;
import dev.moa.protocol.ServiceName;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How the calls of one method, or of all methods of a service, are made. Limits of a method come on top of those of its
 * service; what else a method says counts instead. Start from {@link #of(ServiceName, String)} or
 * {@link #of(ServiceName)}.
 *
 * @param service the service; null means every one
 * @param method the method; null means all of the service together
 * @param timeout time for a call whose context and interface name none; null means the client's
 * @param idempotent whether calling twice does what calling once does; null means what the interface or the caller says
 * @param maxAttempts times that one call is tried at most, the first included (3)
 * @param hedgeQuantile once a call of an idempotent method has taken longer than this share of calls, 0.5 to 0.999,
 *     another instance is asked too, the faster answer counts and the other call is cancelled; 0, the default, means
 *     never
 * @param maxInFlight the bulkhead: calls at once (2,000 to a service); the next one ends RESOURCE_EXHAUSTED. 0, the
 *     default for a method, means the service's alone
 * @param callsPerSecond the rate limiter: calls that may begin in one second; the next one ends RESOURCE_EXHAUSTED.
 *     0, the default, means any number
 * @param breakerThreshold the circuit breaker: per cent of calls that must fail before there is a rest (80 for a
 *     service); 0, the default for a method, means never
 * @param breakerRest how long that rest is, before some calls try again (2 s)
 */
public record MethodSettings(
        @Nullable ServiceName service,
        @Nullable String method,
        @Nullable Duration timeout,
        @Nullable Boolean idempotent,
        int maxAttempts,
        double hedgeQuantile,
        int maxInFlight,
        int callsPerSecond,
        int breakerThreshold,
        Duration breakerRest) {

    private static final int MAX_IN_FLIGHT = 2_000;
    private static final int BREAKER_THRESHOLD = 80;
    private static final Duration BREAKER_REST = Duration.ofSeconds(2);
    private static final MethodSettings OF_SERVICES =
            new MethodSettings(null, null, null, null, 3, 0, MAX_IN_FLIGHT, 0, BREAKER_THRESHOLD, BREAKER_REST);

    /** @throws IllegalArgumentException if a number is out of range, or there is a method without its service */
    public MethodSettings {
        if (method != null) {
            MethodName.require(method);
            require(service != null, "method", method, "with its service");
        }
        require(timeout == null || timeout.toMillis() > 0, "timeout", String.valueOf(timeout), ">= 1 ms");
        require(maxAttempts > 0, "maxAttempts", maxAttempts, "> 0");
        require(
                hedgeQuantile == 0 || (hedgeQuantile >= 0.5 && hedgeQuantile <= 0.999),
                "hedgeQuantile",
                hedgeQuantile,
                "0 or 0.5 to 0.999");
        require(
                method == null ? maxInFlight > 0 : maxInFlight >= 0,
                "maxInFlight",
                maxInFlight,
                method == null ? "> 0" : ">= 0");
        require(callsPerSecond >= 0, "callsPerSecond", callsPerSecond, ">= 0");
        require(breakerThreshold >= 0 && breakerThreshold <= 100, "breakerThreshold", breakerThreshold, "0 to 100");
        require(breakerRest.toMillis() > 0, "breakerRest", breakerRest, "> 0");
    }

    /** Returns what holds for a service for which nothing is said. */
    public static MethodSettings ofServices() {
        return OF_SERVICES;
    }

    /** Returns the defaults for all methods of a service together. */
    public static MethodSettings of(ServiceName service) {
        return new MethodSettings(service, null, null, null, 3, 0, MAX_IN_FLIGHT, 0, BREAKER_THRESHOLD, BREAKER_REST);
    }

    /** Returns the defaults for one method: no limits beside those of its service. */
    public static MethodSettings of(ServiceName service, String method) {
        return new MethodSettings(service, method, null, null, 3, 0, 0, 0, 0, BREAKER_REST);
    }

    /** Returns the same settings with another time for a call that names none itself. */
    public MethodSettings withTimeout(@Nullable Duration time) {
        return with(edit -> edit.timeout = time);
    }

    /** Returns the same settings, saying whether calling twice does what calling once does. */
    public MethodSettings withIdempotent(@Nullable Boolean whether) {
        return with(edit -> edit.idempotent = whether);
    }

    /** Returns the same settings with another number of tries, the first included. */
    public MethodSettings withMaxAttempts(int attempts) {
        return with(edit -> edit.maxAttempts = attempts);
    }

    /** Returns the same settings with hedging beyond this share of calls; 0 means none. */
    public MethodSettings withHedge(double quantile) {
        return with(edit -> edit.hedgeQuantile = quantile);
    }

    /** Returns the same settings with another bulkhead. */
    public MethodSettings withMaxInFlight(int calls) {
        return with(edit -> edit.maxInFlight = calls);
    }

    /** Returns the same settings with another rate limiter; 0 means none. */
    public MethodSettings withCallsPerSecond(int calls) {
        return with(edit -> edit.callsPerSecond = calls);
    }

    /** Returns the same settings with another circuit breaker; a threshold of 0 means none. */
    public MethodSettings withBreaker(int thresholdPercent, Duration rest) {
        return with(edit -> {
            edit.breakerThreshold = thresholdPercent;
            edit.breakerRest = rest;
        });
    }

    private MethodSettings with(Consumer<Edit> change) {
        Edit edit = new Edit(this);
        change.accept(edit);
        return edit.done();
    }

    // here and not in CallSettings, whose defaults need this class to be ready
    static void require(boolean holds, String name, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException("%s: %s (expected: %s)".formatted(name, value, expected));
        }
    }

    /** The settings while some of them are changed. */
    private static final class Edit {
        private final @Nullable ServiceName service;
        private final @Nullable String method;
        private @Nullable Duration timeout;
        private @Nullable Boolean idempotent;
        private int maxAttempts;
        private double hedgeQuantile;
        private int maxInFlight;
        private int callsPerSecond;
        private int breakerThreshold;
        private Duration breakerRest;

        Edit(MethodSettings from) {
            service = from.service;
            method = from.method;
            timeout = from.timeout;
            idempotent = from.idempotent;
            maxAttempts = from.maxAttempts;
            hedgeQuantile = from.hedgeQuantile;
            maxInFlight = from.maxInFlight;
            callsPerSecond = from.callsPerSecond;
            breakerThreshold = from.breakerThreshold;
            breakerRest = from.breakerRest;
        }

        MethodSettings done() {
            return new MethodSettings(
                    service,
                    method,
                    timeout,
                    idempotent,
                    maxAttempts,
                    hedgeQuantile,
                    maxInFlight,
                    callsPerSecond,
                    breakerThreshold,
                    breakerRest);
        }
    }
}
