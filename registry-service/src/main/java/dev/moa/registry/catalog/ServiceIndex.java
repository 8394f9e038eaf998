package dev.moa.registry.catalog;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.Refusal;
import dev.moa.registry.store.RedisStore;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * The names of all services. The set in Redis lives on another node of a cluster than the services themselves, so
 * no script can write both: it heals instead. Whoever registers or renews puts the name in where it is missing, and
 * each registry keeps a copy that {@link #refresh()} renews.
 */
public final class ServiceIndex {
    private static final String KEY = "moa:services";

    private final RedisStore store;
    private final int most;
    // names known to be in Redis as of the last refresh, and those put in since
    private volatile NavigableSet<ServiceName> names = new ConcurrentSkipListSet<>();
    private volatile boolean refreshed;

    ServiceIndex(RedisStore store, int most) {
        this.store = store;
        this.most = most;
    }

    /** Refuses a new service where there are too many; returns whether it is in. */
    boolean admit(ServiceName service) {
        NavigableSet<ServiceName> known = names;
        boolean isIn = known.contains(service);
        if (!isIn && known.size() >= most) {
            throw Refusal.exhausted(
                    "services",
                    known.size() + 1,
                    most + " (moa.registry.catalog.max-services)",
                    "register under an existing service, or raise the limit");
        }
        return isIn;
    }

    /** Puts a name in where it is missing. */
    void add(ServiceName service) {
        if (names.contains(service)) {
            return;
        }
        store.ask("index", redis -> Objects.requireNonNull(redis.opsForSet().add(KEY, service.value())));
        names.add(service);
    }

    /** Reads the names from Redis. */
    public void refresh() {
        Set<String> members = store.ask(
                "index", redis -> Objects.requireNonNull(redis.opsForSet().members(KEY)));
        NavigableSet<ServiceName> fresh = new ConcurrentSkipListSet<>();
        for (String member : members) {
            try {
                fresh.add(ServiceName.of(member));
            } catch (IllegalArgumentException notOurs) {
                // somebody else's entry: not a service, nothing to do about it
                continue;
            }
        }
        for (ServiceName known : names) {
            if (!fresh.contains(known) && isStored(known)) {
                store.ask(
                        "index",
                        redis -> Objects.requireNonNull(redis.opsForSet().add(KEY, known.value())));
                fresh.add(known);
            }
        }
        names = fresh;
        refreshed = true;
    }

    // a lost entry of a service that is there heals; an emptied store has neither
    private boolean isStored(ServiceName service) {
        return store.ask("index", redis -> Objects.requireNonNull(redis.hasKey(CatalogScript.key(service, "meta"))));
    }

    /** Returns the names in order, as of the last refresh and what this registry has seen since. */
    public NavigableSet<ServiceName> names() {
        if (!refreshed) {
            refresh();
        }
        return names;
    }
}
