package dev.moa.sdk.call;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.ServiceName;
import dev.moa.sdk.balance.Balancer;
import dev.moa.sdk.lookup.ServiceAnswer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The calls of one client to one service: its instances, its limits, what may be repeated. */
final class ServiceCalls {

    /** Methods of one service with settings or figures of their own; those beyond share those of the service. */
    private static final int MAX_METHODS = 256;

    private final ServiceName service;
    private final Lines lines;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanoClock;
    private final Fleet fleet;
    private final RetryBudget budget;
    private final Guard guard;
    private final MethodTable table;
    private final MethodCalls anyMethod;
    private final boolean methodsMatter;
    private final Map<String, MethodCalls> methods = new ConcurrentHashMap<>();
    private volatile long usedAt;
    private boolean closed;

    ServiceCalls(
            ServiceName service,
            Balancer balancer,
            CallSettings settings,
            MethodTable table,
            Lines lines,
            ScheduledExecutorService timer,
            LongSupplier nanoClock) {
        this.service = service;
        this.lines = lines;
        this.timer = timer;
        this.nanoClock = nanoClock;
        this.usedAt = nanoClock.getAsLong();
        this.fleet = new Fleet(service.value(), balancer, settings, nanoClock);
        this.budget = new RetryBudget(settings.retryRatio());
        this.table = table;
        MethodSettings ofService = table.ofService(service);
        this.guard = new Guard(service.value(), ofService);
        this.anyMethod = new MethodCalls(ofService, null);
        this.methodsMatter = table.hasMethods(service) || ofService.hedgeQuantile() != 0;
    }

    /** Starts a call; the future never completes exceptionally, and cancelling it cancels the call. */
    void start(Call call) {
        usedAt = nanoClock.getAsLong();
        MethodCalls method = method(call.request().method());
        Guard.Refusal refusal = guard.enter();
        if (refusal == null && method.guard() != null) {
            refusal = method.guard().enter();
            if (refusal != null) {
                guard.back();
            }
        }
        if (refusal != null) {
            call.refuse(this, refusal.code(), refusal.message());
            return;
        }
        budget.called();
        call.begin(this, method);
    }

    private MethodCalls method(String name) {
        if (!methodsMatter) {
            return anyMethod;
        }
        MethodCalls known = methods.get(name);
        if (known != null) {
            return known;
        }
        if (methods.size() >= MAX_METHODS) {
            return anyMethod;
        }
        return methods.computeIfAbsent(name, this::open);
    }

    private MethodCalls open(String name) {
        MethodSettings own = table.ofMethod(service, name);
        return own == null
                ? new MethodCalls(table.ofService(service), null)
                : new MethodCalls(own, new Guard(service + " " + name, own));
    }

    /** A call that {@link #start} let in has ended. */
    void ended(MethodCalls method, Outcome outcome, long tookNanos) {
        guard.leave(outcome, tookNanos);
        if (method.guard() != null) {
            method.guard().leave(outcome, tookNanos);
        }
    }

    /** Returns whom to call, or null if there is nobody. */
    @Nullable
    Endpoint choose(CallRequest request, @Nullable List<Endpoint> tried) {
        return fleet.choose(request, tried);
    }

    /** An attempt ended. */
    void attempted(Endpoint endpoint, Outcome outcome, long tookNanos) {
        fleet.ended(endpoint, outcome, tookNanos);
    }

    /** Returns whether another attempt may be made of a call that ended so, after so many attempts. */
    boolean mayRetry(CallResponse response, boolean idempotent, int attempts, int maxAttempts) {
        if (attempts >= maxAttempts) {
            return false;
        }
        if (Outcome.wasNotSent(response)) {
            return true;
        }
        return Outcome.mayGoBetterElsewhere(response)
                && (idempotent || Outcome.wasNotStarted(response))
                && budget.take();
    }

    RetryBudget budget() {
        return budget;
    }

    Fleet fleet() {
        return fleet;
    }

    Guard guard() {
        return guard;
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

    /** Takes over what the directory says. */
    synchronized void update(ServiceAnswer answer) {
        if (!closed) {
            List<Endpoint> gone = fleet.update(answer.instances(), lines::use);
            gone.forEach(each -> lines.release(each.line()));
        }
    }

    /** Every 100 ms. */
    void tick() {
        budget.tick();
        fleet.tick();
    }

    Roster roster() {
        return fleet.roster();
    }

    /** Returns whether nothing was called for {@code idleNanos} and nothing is in flight. */
    boolean isIdle(long idleNanos) {
        return nanoClock.getAsLong() - usedAt > idleNanos
                && roster().all().stream().allMatch(each -> each.inFlight() == 0);
    }

    synchronized void close() {
        if (!closed) {
            closed = true;
            fleet.update(List.of(), any -> null).forEach(each -> lines.release(each.line()));
        }
    }
}
