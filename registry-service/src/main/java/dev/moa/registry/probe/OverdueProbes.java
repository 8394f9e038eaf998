package dev.moa.registry.probe;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.Refusal;
import dev.moa.registry.RegistryMetrics;
import dev.moa.registry.catalog.ChangeReason;
import dev.moa.registry.catalog.Expiry;
import dev.moa.registry.catalog.Instance;
import dev.moa.registry.catalog.Lease;
import dev.moa.registry.catalog.RedisCatalog;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at instances whose lease is over. Of one alone, the lease is believed unless somebody listens there: it may have
 * missed its renewals by a hair.
 *
 * <p>Those that the loss guard holds: refused by its host, the instance is dead and removed. Silent: it stays until the
 * guard's time is over. Alive: it stays, for a process that answers may be called; it is held no more once it renews.
 */
public final class OverdueProbes {
    private static final Logger log = LoggerFactory.getLogger(OverdueProbes.class);

    private final RedisCatalog catalog;
    private final Probe probe;
    private final ProbeThreads threads;
    private final Duration timeout;
    private final Duration holdTime;
    private final RegistryMetrics metrics;
    private final Set<Lease> looking = ConcurrentHashMap.newKeySet();
    private final Map<ServiceName, Set<Lease>> gone = new ConcurrentHashMap<>();

    /**
     * @param timeout how long a probe waits for an answer
     * @param holdTime how long a silent instance is held
     */
    public OverdueProbes(
            RedisCatalog catalog,
            Probe probe,
            ProbeThreads threads,
            Duration timeout,
            Duration holdTime,
            RegistryMetrics metrics) {
        this.catalog = catalog;
        this.probe = probe;
        this.threads = threads;
        this.timeout = timeout;
        this.holdTime = holdTime;
        this.metrics = metrics;
    }

    /** Looks at each that is held once, unless it is being looked at. Does not wait. */
    public void look(List<Expiry.Overdue> held) {
        for (Expiry.Overdue each : held) {
            if (!begin(each.lease(), () -> lookAt(each))) {
                return;
            }
        }
    }

    /** Asks each once whether somebody listens there, unless it is being asked. Does not wait. */
    public void ask(List<Expiry.Overdue> overdue) {
        for (Expiry.Overdue each : overdue) {
            if (!begin(each.lease(), () -> askFor(each.lease()))) {
                return;
            }
        }
    }

    /** Returns whether one of a service is being asked, or was and did not answer. */
    public boolean isAbout(ServiceName service, List<Expiry.Overdue> asked) {
        return asked.stream().anyMatch(each -> looking.contains(each.lease())) || gone.containsKey(service);
    }

    /** Returns those of a service who were asked since and did not answer. */
    public Set<Lease> takeGone(ServiceName service) {
        Set<Lease> all = gone.remove(service);
        return all == null ? Set.of() : all;
    }

    /** Returns false where too many looks wait; the next sweep names the instance again. */
    private boolean begin(Lease lease, Runnable look) {
        if (looking.add(lease)) {
            try {
                threads.execute(() -> {
                    try {
                        look.run();
                    } finally {
                        looking.remove(lease);
                    }
                });
            } catch (RejectedExecutionException full) {
                looking.remove(lease);
                return false;
            }
        }
        return true;
    }

    private void askFor(Lease lease) {
        try {
            Instance instance = catalog.find(lease.id());
            if (instance == null || instance.incarnation() != lease.incarnation()) {
                return;
            }
            Probe.Outcome outcome = probe.look(instance.host(), instance.port(), timeout);
            metrics.probe(outcome.name().toLowerCase(Locale.ROOT));
            if (outcome != Probe.Outcome.ACCEPTED) {
                gone.merge(lease.id().service(), Set.of(lease), OverdueProbes::both);
            }
        } catch (Refusal awayOrGone) {
            log.debug("{} is not asked: {}", lease.id(), awayOrGone.getMessage());
        }
    }

    private static Set<Lease> both(Set<Lease> some, Set<Lease> others) {
        Set<Lease> all = new HashSet<>(some);
        all.addAll(others);
        return all;
    }

    private void lookAt(Expiry.Overdue held) {
        Lease lease = held.lease();
        try {
            Instance instance = catalog.find(lease.id());
            if (instance == null || instance.incarnation() != lease.incarnation() || !instance.held()) {
                return;
            }
            Probe.Outcome outcome = probe.look(instance.host(), instance.port(), timeout);
            metrics.probe(outcome.name().toLowerCase(Locale.ROOT));
            if (outcome == Probe.Outcome.REFUSED) {
                catalog.remove(lease.id(), lease.incarnation(), ChangeReason.PROBE_FAILED);
            } else if (outcome == Probe.Outcome.SILENT && held.overMs() > holdTime.toMillis()) {
                catalog.remove(lease.id(), lease.incarnation(), ChangeReason.LEASE_LOST);
            }
        } catch (Refusal awayOrGone) {
            log.debug("{} stays held: {}", lease.id(), awayOrGone.getMessage());
        }
    }
}
