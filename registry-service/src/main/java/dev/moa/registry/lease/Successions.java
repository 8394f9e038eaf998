package dev.moa.registry.lease;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.catalog.RedisCatalog;
import dev.moa.registry.catalog.Succession;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * What is known of who has registered at whose address, of services with leases that are over. It takes a look at all
 * instances of a service, so what was found is kept while nobody registers there, and there is at most one look a second.
 *
 * <p>Belongs to the sweeping thread.
 */
final class Successions {
    private static final Duration PAUSE = Duration.ofSeconds(1);
    // leases that end one after the other share a look
    private static final Duration KEPT = Duration.ofMinutes(1);

    private final RedisCatalog catalog;
    private final Map<ServiceName, Looked> looked = new HashMap<>();

    private record Looked(Succession found, long nanos) {}

    Successions(RedisCatalog catalog) {
        this.catalog = catalog;
    }

    /** Returns what is known of a service. */
    Succession of(ServiceName service) {
        Looked last = looked.get(service);
        if (last == null) {
            return Succession.UNKNOWN;
        }
        boolean isFresh = System.nanoTime() - last.nanos() < PAUSE.toNanos();
        return isFresh ? last.found().asAll() : last.found();
    }

    /**
     * Looks at a service.
     *
     * @param upTo the last incarnation that it had given a moment ago
     * @return what was found, to go by
     */
    Succession look(ServiceName service, long upTo) {
        Succession found = Succession.of(catalog.snapshot(service), upTo);
        looked.put(service, new Looked(found, System.nanoTime()));
        return found.asAll();
    }

    /** Takes note that no lease of a service is over. */
    void quiet(ServiceName service) {
        looked.computeIfPresent(
                service, (same, last) -> System.nanoTime() - last.nanos() < KEPT.toNanos() ? last : null);
    }

    void retain(Collection<ServiceName> services) {
        looked.keySet().retainAll(services);
    }
}
