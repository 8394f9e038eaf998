package dev.moa.sdk.call;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.sdk.balance.Balancer;
import dev.moa.sdk.lookup.InstanceAddress;
import dev.moa.sdk.lookup.ServiceAnswer;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls of one client to one service: who can be called, who is ejected, what may be retried.
 *
 * <p>The roster is replaced as a whole, under the lock of this object, when the directory tells something new or an
 * ejection begins or ends; calls read it without a lock.
 */
final class ServiceCalls {

    private static final Logger log = LoggerFactory.getLogger(ServiceCalls.class);
    private static final double FIRST_LATENCY_NANOS = 1_000_000;

    private final ServiceName service;
    private final Balancer balancer;
    private final CallSettings settings;
    private final Lines lines;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanoClock;
    private final RetryBudget budget;
    private final Bulkhead bulkhead;
    private final @Nullable CircuitBreaker breaker;
    private volatile Roster roster = Roster.EMPTY;
    private volatile long usedAt;
    private boolean answered;
    private boolean closed;

    ServiceCalls(
            ServiceName service,
            Balancer balancer,
            CallSettings settings,
            Lines lines,
            ScheduledExecutorService timer,
            LongSupplier nanoClock) {
        this.service = service;
        this.balancer = balancer;
        this.settings = settings;
        this.lines = lines;
        this.timer = timer;
        this.nanoClock = nanoClock;
        this.usedAt = nanoClock.getAsLong();
        this.budget = new RetryBudget(settings.retryRatio());
        this.bulkhead = Bulkhead.of(
                service.value(),
                BulkheadConfig.custom()
                        .maxConcurrentCalls(settings.maxInFlight())
                        .maxWaitDuration(Duration.ZERO)
                        .build());
        this.breaker = settings.breakerThreshold() == 0
                ? null
                : CircuitBreaker.of(
                        service.value(),
                        CircuitBreakerConfig.custom()
                                .failureRateThreshold(settings.breakerThreshold())
                                .slidingWindowSize(200)
                                .minimumNumberOfCalls(50)
                                .permittedNumberOfCallsInHalfOpenState(10)
                                .waitDurationInOpenState(settings.breakerRest())
                                .maxWaitDurationInHalfOpenState(settings.breakerRest())
                                .build());
    }

    /** Starts a call; the future never completes exceptionally, and cancelling it cancels the call. */
    void start(Call call) {
        usedAt = nanoClock.getAsLong();
        if (!bulkhead.tryAcquirePermission()) {
            call.refuse(
                    StatusCode.RESOURCE_EXHAUSTED,
                    "%s: %d calls of this client wait for it already (limit: maxInFlight; call less at once)"
                            .formatted(service, settings.maxInFlight()));
            return;
        }
        if (breaker != null && !breaker.tryAcquirePermission()) {
            bulkhead.onComplete();
            call.refuse(
                    StatusCode.UNAVAILABLE,
                    "%s: the circuit breaker is open, at least %d %% of the last calls failed (it tries again within %d ms)"
                            .formatted(
                                    service,
                                    settings.breakerThreshold(),
                                    settings.breakerRest().toMillis()));
            return;
        }
        budget.called();
        call.begin(this);
    }

    /** A call that {@link #start} let in has ended; null if it was cancelled. */
    void ended(@Nullable CallResponse response, long tookNanos) {
        bulkhead.onComplete();
        if (breaker == null) {
            return;
        }
        if (response == null || Outcome.wasNotSent(response) || Outcome.of(response) == Outcome.UNKNOWN) {
            breaker.releasePermission();
        } else if (Outcome.of(response) == Outcome.SUCCESS) {
            breaker.onSuccess(tookNanos, TimeUnit.NANOSECONDS);
        } else {
            breaker.onError(tookNanos, TimeUnit.NANOSECONDS, Failed.INSTANCE);
        }
    }

    /**
     * Returns whom to call, or null if there is nobody. An endpoint whose connection is open is preferred: others
     * are connected meanwhile, so a host that does not answer costs nobody anything while another does.
     *
     * @param tried who had the call already; null or empty at first
     */
    @Nullable
    Endpoint choose(CallRequest request, @Nullable List<Endpoint> tried) {
        Roster now = roster;
        if (now.callable().isEmpty()) {
            return null;
        }
        if (tried == null) {
            for (int i = 0; i < 2; i++) {
                Endpoint chosen = pick(now.callable(), request);
                if (chosen.line().ready() != null) {
                    return chosen;
                }
                chosen.line().warm();
            }
        }
        List<Endpoint> fresh = without(now.callable(), tried);
        if (fresh.isEmpty()) {
            fresh = without(now.up(), tried);
        }
        List<Endpoint> ready =
                fresh.stream().filter(each -> each.line().ready() != null).toList();
        if (!ready.isEmpty()) {
            return pick(ready, request);
        }
        List<Endpoint> hopeful =
                fresh.stream().filter(each -> each.line().isWorthTrying()).toList();
        if (!hopeful.isEmpty()) {
            return pick(hopeful, request);
        }
        return pick(now.up(), request);
    }

    private Endpoint pick(List<Endpoint> candidates, CallRequest request) {
        return candidates.get(balancer.choose(candidates, request));
    }

    private static List<Endpoint> without(List<Endpoint> endpoints, @Nullable List<Endpoint> tried) {
        return tried == null
                ? endpoints
                : endpoints.stream().filter(each -> !tried.contains(each)).toList();
    }

    /** An attempt ended. */
    void attempted(Endpoint endpoint, Outcome outcome, long tookNanos) {
        int failures = endpoint.record().end(outcome, tookNanos);
        if (outcome == Outcome.SUCCESS) {
            endpoint.vindicate();
        } else if (failures >= settings.ejectAfter() && !endpoint.isEjected()) {
            eject(endpoint, failures);
        }
    }

    private synchronized void eject(Endpoint endpoint, int failures) {
        Roster now = roster;
        long out = now.up().stream().filter(Endpoint::isEjected).count();
        // at most this share: if most of them fail, the fault is hardly theirs, and the rest could not carry the load
        if (endpoint.isEjected() || out + 1 > now.up().size() * settings.maxEjected()) {
            return;
        }
        endpoint.eject(settings.ejectFor().toNanos());
        log.info("{}: {} gets no calls for a while, {} failures in a row", service, endpoint, failures);
        roster = Roster.of(now.all());
    }

    /** Returns whether another attempt may be made of a call that ended so. */
    boolean mayRetry(CallResponse response, boolean idempotent, int attempts) {
        if (attempts >= settings.maxAttempts()) {
            return false;
        }
        if (Outcome.wasNotSent(response)) {
            return true;
        }
        return Outcome.mayGoBetterElsewhere(response)
                && (idempotent || Outcome.wasNotStarted(response))
                && budget.take();
    }

    ScheduledExecutorService timer() {
        return timer;
    }

    long nanoTime() {
        return nanoClock.getAsLong();
    }

    ServiceName service() {
        return service;
    }

    /** Takes over what the directory says. Endpoints that stay keep their figures. */
    synchronized void update(ServiceAnswer answer) {
        if (closed) {
            return;
        }
        List<Endpoint> before = new ArrayList<>(roster.all());
        List<Endpoint> after = new ArrayList<>(answer.instances().size());
        double latency =
                before.stream().mapToDouble(Endpoint::latencyNanos).average().orElse(FIRST_LATENCY_NANOS);
        long warmUp = answered ? settings.warmUp().toNanos() : 0;
        for (InstanceAddress instance : answer.instances()) {
            Endpoint known = takeSame(before, instance);
            if (known == null) {
                after.add(new Endpoint(
                        instance, lines.use(instance.host(), instance.port()), latency, warmUp, nanoClock));
            } else {
                known.describe(instance);
                after.add(known);
            }
        }
        roster = Roster.of(after);
        // the very first answer is everybody's start, not a newcomer's
        answered = answered || !after.isEmpty();
        before.forEach(gone -> lines.release(gone.line()));
    }

    private static @Nullable Endpoint takeSame(List<Endpoint> endpoints, InstanceAddress instance) {
        for (int i = 0; i < endpoints.size(); i++) {
            if (endpoints.get(i).isSame(instance)) {
                return endpoints.remove(i);
            }
        }
        return null;
    }

    /** Every 100 ms: ends ejections, feeds the budget. */
    void tick() {
        budget.tick();
        boolean changed = false;
        for (Endpoint each : roster.all()) {
            changed |= each.isEjected() && each.returns();
        }
        if (changed) {
            synchronized (this) {
                roster = Roster.of(roster.all());
            }
        }
    }

    Roster roster() {
        return roster;
    }

    /** Returns whether nothing was called for {@code idleNanos} and nothing is in flight. */
    boolean isIdle(long idleNanos) {
        return nanoClock.getAsLong() - usedAt > idleNanos
                && roster.all().stream().allMatch(each -> each.inFlight() == 0);
    }

    synchronized void close() {
        if (!closed) {
            closed = true;
            roster.all().forEach(each -> lines.release(each.line()));
            roster = Roster.EMPTY;
        }
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
