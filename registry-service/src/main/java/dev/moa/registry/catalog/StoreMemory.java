package dev.moa.registry.catalog;

import dev.moa.protocol.ServiceName;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far each service was seen, so that a store that was emptied or went back in time (an old copy was restored, or a
 * replica that was behind became the primary) is noticed. The leases of those who were lost come back with their next
 * renewal, which is answered unknown.
 */
final class StoreMemory {
    private static final Logger log = LoggerFactory.getLogger(StoreMemory.class);

    private final Duration rebuild;
    private final ConcurrentMap<ServiceName, Position> seen = new ConcurrentHashMap<>();
    // services whose store was lost, and until when (nanoTime) those that lived in it are waited for
    private final ConcurrentMap<ServiceName, Long> rebuilding = new ConcurrentHashMap<>();

    StoreMemory(Duration rebuild) {
        this.rebuild = rebuild;
    }

    @Nullable
    Position last(ServiceName service) {
        return seen.get(service);
    }

    /**
     * Takes note of an answer.
     *
     * @param before what was seen when the question was asked
     * @return whether the service went back in time and needs a new epoch
     */
    boolean notice(ServiceName service, @Nullable Position before, Position now) {
        if (before != null && isPast(before, now)) {
            seen.remove(service, before);
            log.warn("{} was at {} and is at {}: it gets a new epoch", service, before, now);
            lost(service);
            return true;
        }
        if (before != null && !before.epoch().equals(now.epoch())) {
            if (seen.replace(service, before, now) && !before.epoch().isEmpty()) {
                lost(service);
            }
        } else if (!now.epoch().isEmpty()) {
            seen.merge(service, now, (known, latest) -> known.covers(latest) ? known : latest);
        }
        return false;
    }

    /** Returns whether a service that is at {@code now} went back in time. */
    static boolean isPast(@Nullable Position before, Position now) {
        return before != null && before.epoch().equals(now.epoch()) && now.revision() < before.revision();
    }

    private void lost(ServiceName service) {
        if (rebuilding.put(service, System.nanoTime() + rebuild.toNanos()) == null) {
            log.warn("The store of {} was emptied or went back in time; its instances are waited for", service);
        }
    }

    boolean isRebuilding(ServiceName service) {
        Long until = rebuilding.get(service);
        if (until == null) {
            return false;
        }
        if (System.nanoTime() - until < 0) {
            return true;
        }
        rebuilding.remove(service, until);
        return false;
    }
}
