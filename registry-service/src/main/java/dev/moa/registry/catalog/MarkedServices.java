package dev.moa.registry.catalog;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.store.RedisStore;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A set of services in Redis of which something is to be known without reading them all: which have probes, which have
 * overrides. Like the index it lives on another node of a cluster than the services; whoever reads a name that does
 * not belong takes it out.
 */
final class MarkedServices {
    private final String key;
    private final RedisStore store;
    // what this registry put in or read last; a name is put in again where Redis lost it
    private final Set<ServiceName> known = ConcurrentHashMap.newKeySet();

    MarkedServices(String key, RedisStore store) {
        this.key = key;
        this.store = store;
    }

    void add(ServiceName service) {
        if (known.add(service)) {
            store.ask("mark", redis -> Objects.requireNonNull(redis.opsForSet().add(key, service.value())));
        }
    }

    void remove(ServiceName service) {
        if (known.remove(service)) {
            store.ask("mark", redis -> Objects.requireNonNull(redis.opsForSet().remove(key, service.value())));
        }
    }

    /** Returns the names in Redis and those known here; what Redis lost is put in again. */
    Set<ServiceName> read() {
        Set<String> members = store.ask(
                "mark", redis -> Objects.requireNonNull(redis.opsForSet().members(key)));
        for (ServiceName each : known) {
            if (!members.contains(each.value())) {
                store.ask(
                        "mark",
                        redis -> Objects.requireNonNull(redis.opsForSet().add(key, each.value())));
            }
        }
        for (String member : members) {
            known.add(ServiceName.of(member));
        }
        return Set.copyOf(known);
    }
}
