package dev.moa.sdk.call;

import dev.moa.protocol.CallRequest;
import dev.moa.sdk.balance.Balancer;
import dev.moa.sdk.lookup.InstanceAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instances of one service as one client sees them: who gets the next call, and what its outcome means. No I/O, and
 * time comes from outside, so a simulation drives the very code that a client runs.
 *
 * <p>The roster is replaced as a whole, under the lock of this object, when the directory tells something new or an
 * ejection begins or ends; calls read it without a lock.
 */
public final class Fleet {

    private static final Logger log = LoggerFactory.getLogger(Fleet.class);
    private static final double FIRST_LATENCY_NANOS = 1_000_000;

    private final String name;
    private final Balancer balancer;
    private final CallSettings settings;
    private final LongSupplier nanoClock;
    private volatile Roster roster = Roster.EMPTY;
    private volatile double usualNanos = FIRST_LATENCY_NANOS;
    private boolean answered;

    /** @param name of the service, for the log */
    public Fleet(String name, Balancer balancer, CallSettings settings, LongSupplier nanoClock) {
        this.name = name;
        this.balancer = balancer;
        this.settings = settings;
        this.nanoClock = nanoClock;
    }

    /** Takes over who is there, each always within reach: for simulations. */
    public void update(List<InstanceAddress> instances) {
        List<Endpoint> ignored = update(instances, any -> null);
    }

    /** Takes over what the directory says and returns who is gone. Endpoints that stay keep their figures. */
    synchronized List<Endpoint> update(
            List<InstanceAddress> instances, Function<InstanceAddress, @Nullable Line> lines) {
        List<Endpoint> before = new ArrayList<>(roster.all());
        List<Endpoint> after = new ArrayList<>(instances.size());
        // the very first answer is everybody's start, not a newcomer's
        long warmUp = answered ? settings.warmUp().toNanos() : 0;
        for (InstanceAddress instance : instances) {
            Endpoint known = takeSame(before, instance);
            if (known == null) {
                after.add(new Endpoint(instance, lines.apply(instance), usualNanos, warmUp, nanoClock));
            } else {
                known.describe(instance);
                after.add(known);
            }
        }
        answered = answered || !after.isEmpty();
        become(after);
        return before;
    }

    private static @Nullable Endpoint takeSame(List<Endpoint> endpoints, InstanceAddress instance) {
        for (int i = 0; i < endpoints.size(); i++) {
            if (endpoints.get(i).isSame(instance)) {
                return endpoints.remove(i);
            }
        }
        return null;
    }

    /**
     * Returns whom to call, or null if there is nobody. An endpoint whose connection is open is preferred: others
     * are connected meanwhile, so a host that does not answer costs nobody anything while another does.
     *
     * @param tried who had the call already; null or empty at first
     */
    public @Nullable Endpoint choose(CallRequest request, @Nullable List<Endpoint> tried) {
        Roster now = roster;
        if (now.callable().isEmpty()) {
            return null;
        }
        if (tried == null) {
            for (int i = 0; i < 2; i++) {
                Endpoint chosen = pick(now.callable(), request);
                if (chosen.isReady()) {
                    return chosen;
                }
                chosen.warm();
            }
        }
        List<Endpoint> fresh = without(now.callable(), tried);
        if (fresh.isEmpty()) {
            fresh = without(now.up(), tried);
        }
        List<Endpoint> ready = fresh.stream().filter(Endpoint::isReady).toList();
        if (!ready.isEmpty()) {
            return pick(ready, request);
        }
        List<Endpoint> hopeful = fresh.stream().filter(Endpoint::isWorthTrying).toList();
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

    /** A call that went out to {@code endpoint} has ended. */
    public void ended(Endpoint endpoint, Outcome outcome, long tookNanos) {
        if (endpoint.end(outcome, tookNanos, usualNanos, settings.ejection().after())) {
            eject(endpoint);
        }
    }

    private synchronized void eject(Endpoint endpoint) {
        if (endpoint.isEjected()) {
            return;
        }
        endpoint.eject(
                settings.ejection().first().toNanos(),
                settings.ejection().longest().toNanos());
        become(roster.all());
        log.info(
                "{}: {} gets no calls for a while, it failed too often in a row{}",
                name,
                endpoint,
                roster.panic() ? "; so many have that all are tried" : "");
    }

    /** Every 100 ms: ends ejections, looks at what is usual. */
    public void tick() {
        Roster now = roster;
        boolean changed = false;
        for (Endpoint each : now.all()) {
            changed |= each.isEjected() && each.returns();
        }
        if (changed) {
            synchronized (this) {
                become(roster.all());
            }
        }
        double[] latencies = now.callable().stream()
                .mapToDouble(Endpoint::latencyNanos)
                .sorted()
                .toArray();
        if (latencies.length > 0) {
            usualNanos = latencies[latencies.length / 2];
        }
    }

    // under the lock
    private void become(List<Endpoint> all) {
        roster = Roster.of(all, settings.ejection().most());
    }

    /** Returns how every instance looks now. */
    public List<InstanceView> view() {
        return roster.all().stream()
                .map(each -> each.view(balancer.score(each)))
                .toList();
    }

    Roster roster() {
        return roster;
    }
}
