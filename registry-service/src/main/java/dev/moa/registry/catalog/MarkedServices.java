package dev.moa.registry.catalog;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.store.RedisStore;
import java.util.HashSet;
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
    // what this registry put in; a name is put in again where Redis lost it
    private final Set<ServiceName> known = ConcurrentHashMap.newKeySet();

    MarkedServices(String key, RedisStore store) {
        this.key = key;
        this.store = store;
    }

    void set(ServiceName service, boolean isMarked) {
        if (isMarked) {
            add(service);
        } else {
            known.remove(service);
            store.ask("mark", redis -> Objects.requireNonNull(redis.opsForSet().remove(key, service.value())));
        }
    }

    void add(ServiceName service) {
        if (known.add(service)) {
            store.ask("mark", redis -> Objects.requireNonNull(redis.opsForSet().add(key, service.value())));
        }
    }

    /** Leaves a name to another registry: it stays for as long as that one wants it. */
    void leave(ServiceName service) {
        known.remove(service);
    }

    /** Returns the names in Redis and those put in here; what Redis lost of these is put in again. */
    Set<ServiceName> read() {
        Set<String> members = store.ask(
                "mark", redis -> Objects.requireNonNull(redis.opsForSet().members(key)));
        Set<ServiceName> all = new HashSet<>(known);
        for (ServiceName each : all) {
            if (!members.contains(each.value())) {
                store.ask(
                        "mark",
                        redis -> Objects.requireNonNull(redis.opsForSet().add(key, each.value())));
            }
        }
        for (String member : members) {
            all.add(ServiceName.of(member));
        }
        return all;
    }
}
