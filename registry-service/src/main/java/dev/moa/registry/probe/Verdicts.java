package dev.moa.registry.probe;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.catalog.ChangeReason;
import dev.moa.registry.catalog.InstanceId;
import dev.moa.registry.catalog.InstanceOverride;
import dev.moa.registry.catalog.InstanceStatus;
import dev.moa.registry.catalog.Lease;
import dev.moa.registry.catalog.RedisCatalog;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The verdicts by which instances are out: overrides, which the whole registry sees and which Redis may lose.
 *
 * <p>Putting in and comparing belong to the prober's thread; any thread may lift.
 */
final class Verdicts {
    private static final Logger log = LoggerFactory.getLogger(Verdicts.class);

    private final RedisCatalog catalog;
    private final Map<Lease, Watched> watched;
    private final Clock clock;

    /** @param watched whom this registry probes, as the prober changes it */
    Verdicts(RedisCatalog catalog, Map<Lease, Watched> watched, Clock clock) {
        this.catalog = catalog;
        this.watched = watched;
        this.clock = clock;
    }

    void put(Lease lease, String reason) {
        catalog.put(
                new InstanceOverride(
                        Watched.verdictId(lease.id()),
                        lease.id().service().value(),
                        InstanceOverride.Kind.PROBE,
                        InstanceOverride.Scope.of(lease.id()),
                        lease.incarnation(),
                        new InstanceOverride.Effect(InstanceStatus.DOWN, null, null),
                        "prober",
                        reason,
                        clock.millis(),
                        null),
                ChangeReason.PROBE_FAILED);
    }

    void lift(Lease lease) {
        catalog.lift(lease.id().service(), Watched.verdictId(lease.id()), ChangeReason.PROBE_RECOVERED);
    }

    /**
     * Compares who is out with the verdicts there are. One that nobody knows of may be another registry's, or one whose
     * put Redis did not answer, or one that Redis lost the lifting of; one that is missing may have been lifted by
     * another registry, or lost.
     */
    void compare() {
        Set<ServiceName> overridden = catalog.overriddenServices();
        Map<ServiceName, Map<Lease, Watched>> services = new HashMap<>();
        Set<ServiceName> read = new HashSet<>();
        watched.forEach((lease, each) -> {
            ServiceName service = lease.id().service();
            services.computeIfAbsent(service, any -> new HashMap<>()).put(lease, each);
            if (each.isOut() || overridden.contains(service)) {
                read.add(service);
            }
        });
        for (ServiceName service : read) {
            try {
                compare(service, services.getOrDefault(service, Map.of()));
            } catch (RuntimeException unreadable) {
                log.debug("The verdicts of {} are looked for later: {}", service, unreadable.getMessage());
            }
        }
    }

    private void compare(ServiceName service, Map<Lease, Watched> mine) {
        long askedNanos = System.nanoTime();
        Set<Lease> judged = new HashSet<>();
        for (InstanceOverride override : catalog.overrides(service)) {
            String instance = override.scope().instance();
            Long incarnation = override.incarnation();
            if (override.kind() == InstanceOverride.Kind.PROBE && instance != null && incarnation != null) {
                InstanceId id = InstanceId.parse(instance);
                if (override.id().equals(Watched.verdictId(id))) {
                    judged.add(new Lease(id, incarnation));
                }
            }
        }
        mine.forEach((lease, each) -> {
            if (judged.contains(lease)) {
                each.foundOut(askedNanos);
            } else {
                each.foundNoVerdict();
            }
        });
    }
}
