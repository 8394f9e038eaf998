package dev.moa.registry.lease;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.Refusal;
import dev.moa.registry.RegistryMetrics;
import dev.moa.registry.Rounds;
import dev.moa.registry.catalog.Expiry;
import dev.moa.registry.catalog.Lease;
import dev.moa.registry.catalog.RedisCatalog;
import dev.moa.registry.catalog.ServiceIndex;
import dev.moa.registry.catalog.Succession;
import dev.moa.registry.probe.OverdueProbes;
import dev.moa.registry.store.Look;
import dev.moa.registry.store.RedisStore;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Ends leases. One thread looks at Redis a few times a second, and then at each service whose next lease may be over;
 * that moment was told by the last look at the service. Other registries may register shorter leases meanwhile, so no
 * service goes unlooked at for longer than the shortest lease.
 *
 * <p>Every registry sweeps. The script removes an instance once, whoever runs it; a registry that was away itself, or
 * found Redis away, passes the moment of its return and so ends nothing that could not be renewed.
 */
final class LeaseSweeper implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(LeaseSweeper.class);
    private static final Duration INDEX_INTERVAL = Duration.ofSeconds(1);
    // how often those are looked at that stay though their lease is over
    private static final Duration OVERDUE_INTERVAL = Duration.ofSeconds(1);
    private static final Duration NODE_RETRY = Duration.ofSeconds(1);
    private static final Duration UNREADABLE_RETRY = Duration.ofSeconds(5);
    private static final Duration HEAL_INTERVAL = Duration.ofSeconds(30);

    private final RedisStore store;
    private final RedisCatalog catalog;
    private final ServiceIndex index;
    private final LeaseProperties properties;
    private final Duration lookAge;
    private final LossGuard guard;
    private final OverdueProbes probes;
    private final Successions successions;
    private final RegistryMetrics metrics;

    private final Rounds rounds;

    // of the sweeping thread
    private final Map<ServiceName, Plan> plans = new HashMap<>();
    private long indexedNanos;
    private boolean indexed;
    private long resumedAtMs;

    /** When to look at a service again, and when to heal it, on the scale of {@link System#nanoTime()}. */
    private record Plan(long lookNanos, long healNanos) {}

    /** @param lookAge how old a look at Redis may be before it ends no lease */
    LeaseSweeper(
            RedisStore store,
            RedisCatalog catalog,
            ServiceIndex index,
            LeaseProperties properties,
            Duration lookAge,
            LossGuard guard,
            OverdueProbes probes,
            RegistryMetrics metrics) {
        this.store = store;
        this.catalog = catalog;
        this.index = index;
        this.properties = properties;
        this.lookAge = lookAge;
        this.guard = guard;
        this.probes = probes;
        this.successions = new Successions(catalog);
        this.metrics = metrics;
        this.rounds = new Rounds("registry-sweeper-1", properties.sweepInterval(), this::sweep);
    }

    @Override
    public void start() {
        rounds.start();
    }

    @Override
    public void stop() {
        rounds.stop();
    }

    @Override
    public boolean isRunning() {
        return rounds.isRunning();
    }

    private void sweep() {
        Look look = store.look();
        long lookedNanos = System.nanoTime();
        if (look.resumedAtMs() != resumedAtMs) {
            // after a break every service may have another past: look at all of them
            resumedAtMs = look.resumedAtMs();
            plans.clear();
        }
        refreshIndex();
        for (ServiceName service : index.names()) {
            Plan plan = plans.get(service);
            long now = System.nanoTime();
            if (plan != null && now - plan.lookNanos() < 0) {
                continue;
            }
            if (now - lookedNanos > lookAge.toNanos() / 2) {
                look = store.look();
                lookedNanos = System.nanoTime();
            }
            try {
                plans.put(service, sweep(service, plan, look));
            } catch (Refusal away) {
                // Redis as a whole is away, which ends this round; or one node of a cluster, which is its services'
                // matter
                look = store.look();
                lookedNanos = System.nanoTime();
                long healAt = plan == null ? now : plan.healNanos();
                plans.put(service, new Plan(lookedNanos + NODE_RETRY.toNanos(), healAt));
                log.debug("No sweep of {}: {}", service, away.getMessage());
            } catch (RuntimeException unreadable) {
                long healAt = plan == null ? now : plan.healNanos();
                plans.put(service, new Plan(now + UNREADABLE_RETRY.toNanos(), healAt));
                log.error("No lease of {} ends, and its alone: its data in Redis cannot be read", service, unreadable);
            }
        }
    }

    private Plan sweep(ServiceName service, @Nullable Plan plan, Look look) {
        long now = System.nanoTime();
        long healAt = plan == null ? now : plan.healNanos();
        boolean heal = now - healAt >= 0;
        Set<Lease> gone = probes.takeGone(service);
        Succession succession = successions.of(service);
        Expiry expiry = catalog.expire(service, look, lookAge, heal, guard.rule(), succession, gone);
        if (expiry.unlookedUpTo() >= 0) {
            succession = successions.look(service, expiry.unlookedUpTo());
            expiry = catalog.expire(service, look, lookAge, false, guard.rule(), succession, gone);
        }
        if (expiry.askedMs() > 0) {
            guard.sample(Duration.ofMillis(expiry.askedMs()));
            expiry = catalog.expire(service, look, lookAge, false, guard.rule(), succession, gone);
        }
        if (expiry.isQuiet()) {
            successions.quiet(service);
        }
        if (expiry.replaced().isEmpty()) { // else these may have left no room to tell of all who are held
            guard.note(service, expiry.held().size() + expiry.newlyHeld());
        }
        probes.look(expiry.held());
        probes.ask(expiry.asked());
        if (!expiry.removed().isEmpty()) {
            metrics.expiryLag(expiry.overdueMs());
        }
        long waitMs = properties.minTtl().toMillis();
        if (expiry.nextMs() != 0) {
            waitMs = Math.min(waitMs, Math.max(0, expiry.nextMs() - expiry.nowMs()));
        }
        if (probes.isAbout(service, expiry.asked())) {
            waitMs = 0;
        } else if (!expiry.held().isEmpty()
                || !expiry.asked().isEmpty()
                || !expiry.replaced().isEmpty()) {
            waitMs = Math.min(waitMs, OVERDUE_INTERVAL.toMillis());
        }
        long healNanos = heal ? now + HEAL_INTERVAL.toNanos() : healAt;
        return new Plan(now + Duration.ofMillis(waitMs).toNanos(), healNanos);
    }

    private void refreshIndex() {
        long now = System.nanoTime();
        if (!indexed || now - indexedNanos > INDEX_INTERVAL.toNanos()) {
            index.refresh();
            indexed = true;
            indexedNanos = now;
            plans.keySet().retainAll(index.names());
            successions.retain(index.names());
        }
    }
}
