package dev.moa.registry.probe;

import dev.moa.registry.Refusal;
import dev.moa.registry.RegistryMetrics;
import dev.moa.registry.catalog.ChangeReason;
import dev.moa.registry.catalog.Expiry;
import dev.moa.registry.catalog.Instance;
import dev.moa.registry.catalog.Lease;
import dev.moa.registry.catalog.RedisCatalog;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the instances that the loss guard holds. Refused by its host: the instance is dead and removed. Silent: it
 * stays until the guard's time is over. Alive: it stays, for a process that answers may be called; it is held no more
 * once it renews.
 */
public final class HeldProbes {
    private static final Logger log = LoggerFactory.getLogger(HeldProbes.class);

    private final RedisCatalog catalog;
    private final Probe probe;
    private final ProbeThreads threads;
    private final Duration timeout;
    private final Duration holdTime;
    private final RegistryMetrics metrics;
    private final Set<Lease> looking = ConcurrentHashMap.newKeySet();

    /**
     * @param timeout how long a probe waits for an answer
     * @param holdTime how long a silent instance is held
     */
    public HeldProbes(
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

    /** Looks at each once, unless it is being looked at. Does not wait. */
    public void look(List<Expiry.Held> held) {
        for (Expiry.Held each : held) {
            if (looking.add(each.lease())) {
                try {
                    threads.execute(() -> lookAt(each));
                } catch (RejectedExecutionException full) {
                    // the next sweep names it again
                    looking.remove(each.lease());
                    return;
                }
            }
        }
    }

    private void lookAt(Expiry.Held held) {
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
        } finally {
            looking.remove(lease);
        }
    }
}
