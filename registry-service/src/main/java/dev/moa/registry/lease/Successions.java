package dev.moa.registry.lease;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.Refusal;
import dev.moa.registry.catalog.RedisCatalog;
import dev.moa.registry.catalog.Succession;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of who has registered at whose address, of services with leases that are over. It takes a look at all
 * instances of a service, so what was found is kept while nobody registers there; there is at most one look a second, and
 * looks take at most a twentieth of the time.
 *
 * <p>Belongs to the sweeping thread.
 */
final class Successions {
    private static final Logger log = LoggerFactory.getLogger(Successions.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int SHARE = 20;
    // leases that end one after the other share a look
    private static final Duration KEPT = Duration.ofMinutes(1);

    private final RedisCatalog catalog;
    private final Map<ServiceName, Looked> looked = new HashMap<>();

    /** @param pause how long it is gone by before the next look, and {@code nanos} since when */
    private record Looked(Succession found, long nanos, long pause) {}

    Successions(RedisCatalog catalog) {
        this.catalog = catalog;
    }

    /** Returns what is known of a service. */
    Succession of(ServiceName service) {
        Looked last = looked.get(service);
        if (last == null) {
            return Succession.UNKNOWN;
        }
        boolean isFresh = System.nanoTime() - last.nanos() < last.pause();
        return isFresh ? last.found().asAll() : last.found();
    }

    /**
     * Looks at a service.
     *
     * @param upTo the last incarnation that it had given a moment ago
     * @return what was found, to go by
     */
    Succession look(ServiceName service, long upTo) {
        long began = System.nanoTime();
        Succession found;
        try {
            found = Succession.of(catalog.snapshot(service), upTo);
        } catch (Refusal away) {
            throw away;
        } catch (RuntimeException unreadable) {
            // one that cannot be read is no reason to keep the dead among the others
            log.warn("Nobody of {} counts as replaced: {}", service, unreadable.toString());
            found = new Succession(upTo, List.of());
        }
        long now = System.nanoTime();
        looked.put(service, new Looked(found, now, Math.max(PAUSE.toNanos(), SHARE * (now - began))));
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
