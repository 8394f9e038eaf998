package dev.moa.sdk.call;

import dev.moa.protocol.StatusCode;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a call of a service, or of a method, must pass before it is made: rate limiter, bulkhead, circuit breaker. */
final class Guard {

    /** Why a call is not made. */
    record Refusal(StatusCode code, String message) {}

    private final String name;
    private final MethodSettings settings;
    private final @Nullable RateLimiter limiter;
    private final @Nullable Bulkhead bulkhead;
    private final @Nullable CircuitBreaker breaker;

    /** @param name the service, or the service and the method */
    Guard(String name, MethodSettings settings) {
        this.name = name;
        this.settings = settings;
        this.limiter = settings.callsPerSecond() == 0 ? null : limiter(name, settings);
        this.bulkhead = settings.maxInFlight() == 0 ? null : bulkhead(name, settings);
        this.breaker = settings.breakerThreshold() == 0 ? null : breaker(name, settings);
    }

    private static RateLimiter limiter(String name, MethodSettings settings) {
        return RateLimiter.of(
                name,
                RateLimiterConfig.custom()
                        .limitForPeriod(settings.callsPerSecond())
                        .limitRefreshPeriod(Duration.ofSeconds(1))
                        .timeoutDuration(Duration.ZERO)
                        .build());
    }

    private static Bulkhead bulkhead(String name, MethodSettings settings) {
        return Bulkhead.of(
                name,
                BulkheadConfig.custom()
                        .maxConcurrentCalls(settings.maxInFlight())
                        .maxWaitDuration(Duration.ZERO)
                        .build());
    }

    private static CircuitBreaker breaker(String name, MethodSettings settings) {
        return CircuitBreaker.of(
                name,
                CircuitBreakerConfig.custom()
                        .failureRateThreshold(settings.breakerThreshold())
                        .slidingWindowSize(200)
                        .minimumNumberOfCalls(50)
                        .permittedNumberOfCallsInHalfOpenState(10)
                        .waitDurationInOpenState(settings.breakerRest())
                        .maxWaitDurationInHalfOpenState(settings.breakerRest())
                        .build());
    }

    /** Lets a call in and returns null, or says why not. */
    @Nullable
    Refusal enter() {
        if (bulkhead != null && !bulkhead.tryAcquirePermission()) {
            return new Refusal(
                    StatusCode.RESOURCE_EXHAUSTED,
                    "%s: %d calls of this client wait for it already (limit: maxInFlight; call less at once)"
                            .formatted(name, settings.maxInFlight()));
        }
        if (limiter != null && !limiter.acquirePermission()) {
            leaveBulkhead();
            return new Refusal(
                    StatusCode.RESOURCE_EXHAUSTED,
                    "%s: %d calls of this client began in this second (limit: callsPerSecond; call less often)"
                            .formatted(name, settings.callsPerSecond()));
        }
        if (breaker != null && !breaker.tryAcquirePermission()) {
            leaveBulkhead();
            return new Refusal(
                    StatusCode.UNAVAILABLE,
                    "%s: the circuit breaker is open, at least %d %% of the last calls failed (it tries again within %d ms)"
                            .formatted(
                                    name,
                                    settings.breakerThreshold(),
                                    settings.breakerRest().toMillis()));
        }
        return null;
    }

    /** A call that was let in was not made after all. */
    void back() {
        leaveBulkhead();
        if (breaker != null) {
            breaker.releasePermission();
        }
    }

    /** A call that was let in has ended. */
    void leave(Outcome outcome, long tookNanos) {
        leaveBulkhead();
        if (breaker == null) {
            return;
        }
        switch (outcome) {
            case UNKNOWN, ABANDONED, OUTRUN -> breaker.releasePermission();
            case SENT -> sent(breaker, tookNanos);
            case SUCCESS -> breaker.onSuccess(tookNanos, TimeUnit.NANOSECONDS);
            case FAILURE, REFUSED, TIMED_OUT -> breaker.onError(tookNanos, TimeUnit.NANOSECONDS, Failed.INSTANCE);
        }
    }

    /** A call without an answer hides no failures of others, but it closes a breaker that has only such calls to go by. */
    private static void sent(CircuitBreaker breaker, long tookNanos) {
        if (breaker.getState() == CircuitBreaker.State.HALF_OPEN) {
            breaker.onSuccess(tookNanos, TimeUnit.NANOSECONDS);
        } else {
            breaker.releasePermission();
        }
    }

    private void leaveBulkhead() {
        if (bulkhead != null) {
            bulkhead.onComplete();
        }
    }

    /** Returns the circuit breaker's state in words; null where there is none. */
    @Nullable
    String breakerState() {
        return breaker == null ? null : breaker.getState().name();
    }

    /** Returns the calls in the bulkhead; 0 where there is none. */
    int inFlight() {
        return bulkhead == null
                ? 0
                : settings.maxInFlight() - bulkhead.getMetrics().getAvailableConcurrentCalls();
    }

    MethodSettings settings() {
        return settings;
    }

    /** What the circuit breaker is told; without a stack, for it is never thrown. */
    private static final class Failed extends Exception {
        private static final long serialVersionUID = 1L;
        private static final Failed INSTANCE = new Failed();

        private Failed() {
            super("failed", null, false, false);
        }
    }
}
