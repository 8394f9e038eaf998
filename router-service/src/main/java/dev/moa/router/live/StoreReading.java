package dev.moa.router.live;

import dev.moa.protocol.ServiceName;
import dev.moa.router.address.Instance;
import dev.moa.router.address.ServiceState;
import dev.moa.router.store.Change;
import dev.moa.router.store.Departure;
import dev.moa.router.store.RegistryStore;
import dev.moa.router.store.Revision;
import dev.moa.router.store.StoreException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the services of a {@link LiveView} up to what the store says: by the changes since the revision that is known,
 * or whole, where these do not follow on it. Belongs to the view's thread, except what it says of itself.
 */
final class StoreReading {
    private static final Logger log = LoggerFactory.getLogger(StoreReading.class);

    /** Changes read at once; a service that has changed more often since is read whole, which is cheaper. */
    private static final int CHANGES_LIMIT = 200;

    /** Portions of that size in which a change stream is read to its end; it keeps some 1,000. */
    private static final int DEPARTURE_READS = 10;

    /** Services read whole at each comparison although their revision is equal. */
    private static final int WHOLE_READS = 20;

    /**
     * Services read whole in one go. After a loss all of them are: what was read is offered before the next are asked
     * for, so that no answer waits behind megabytes of others until it is late, and they are not all in memory twice.
     */
    private static final int PORTION = 20;

    private final RegistryStore store;
    private final LiveProperties settings;
    private final Clock clock;
    private final Map<ServiceName, LiveService> services;
    private final Map<ServiceName, Revision> announced;
    private final Consumer<ServiceName> changed;
    private final AtomicLong changes = new AtomicLong();
    private final AtomicLong wholeReads = new AtomicLong();
    private final AtomicLong healed = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private volatile long storeHadServicesAtMs;
    private int wholeReadCursor;

    /**
     * @param services what the view has, changed here
     * @param announced the latest revision of each service that a wake-up named
     * @param changed is told which service's view has changed
     */
    StoreReading(
            RegistryStore store,
            LiveProperties settings,
            Clock clock,
            Map<ServiceName, LiveService> services,
            Map<ServiceName, Revision> announced,
            Consumer<ServiceName> changed) {
        this.store = store;
        this.settings = settings;
        this.clock = clock;
        this.services = services;
        this.announced = announced;
        this.changed = changed;
    }

    /** Returns when the store last had any service, in milliseconds of the epoch; 0 if never. */
    long storeHadServicesAtMs() {
        return storeHadServicesAtMs;
    }

    /** Returns how much was read: changes, whole reads, healed, refused services, and what could not be read. */
    Map<String, Long> counters() {
        return Map.of(
                "changes", changes.get(),
                "whole-reads", wholeReads.get(),
                "healed", healed.get(),
                "refused", refused.get(),
                "unreadable", store.unreadable());
    }

    /**
     * Compares all services with the store, and reads those that differ.
     *
     * @param wasCompared whether a difference now means that a wake-up was lost
     * @throws StoreException if the store does not answer
     */
    void compareAll(boolean wasCompared) {
        long now = clock.millis();
        Set<ServiceName> names = store.services();
        names.addAll(services.keySet());
        Map<ServiceName, Revision> revisions = store.revisions(names);
        if (!revisions.isEmpty()) {
            storeHadServicesAtMs = now;
        }
        List<ServiceName> stale = new ArrayList<>();
        for (ServiceName name : names) {
            Revision revision = revisions.get(name);
            LiveService live = services.get(name);
            ServiceState believed = live == null ? null : live.believed();
            if (live != null
                    && live.view() != null
                    && live.suspicion() == null
                    && believed != null
                    && revision != null
                    && believed.epoch().equals(revision.epoch())
                    && believed.revision() == revision.number()) {
                live.confirm(now);
            } else if (revision != null || live != null) {
                stale.add(name);
            }
        }
        // not by what was announced: where the wake-ups of another life were missed, that is still of the former
        int read = refresh(stale, revisions);
        if (wasCompared) {
            healed.addAndGet(read);
        }
        readSomeWhole(names);
    }

    /**
     * Reads what changed of some services.
     *
     * @throws StoreException if the store does not answer
     */
    void refresh(Collection<ServiceName> names) {
        refresh(names, announced);
    }

    /**
     * @param targets the revision of each service that must be reached; one without is read whole
     * @return how many of the services could be read
     */
    private int refresh(Collection<ServiceName> names, Map<ServiceName, Revision> targets) {
        Map<ServiceName, Long> since = new HashMap<>();
        Set<ServiceName> whole = new LinkedHashSet<>();
        for (ServiceName name : names) {
            LiveService live = services.get(name);
            ServiceState believed = live == null ? null : live.believed();
            if (live == null || live.view() == null || live.suspicion() != null || believed == null) {
                whole.add(name);
            } else {
                since.put(name, believed.revision());
            }
        }
        if (!since.isEmpty()) {
            whole.addAll(applyChanges(since, targets));
        }
        return names.size() - readWhole(whole);
    }

    /** Returns the services that the change stream does not bring up to date. */
    private Set<ServiceName> applyChanges(Map<ServiceName, Long> since, Map<ServiceName, Revision> targets) {
        Set<ServiceName> rest = new LinkedHashSet<>();
        Map<ServiceName, List<Change>> read = store.changes(since, CHANGES_LIMIT);
        long now = clock.millis();
        for (ServiceName name : since.keySet()) {
            LiveService live = services.get(name);
            ServiceState believed = live == null ? null : live.believed();
            ServiceState next = believed == null ? null : apply(believed, read.getOrDefault(name, List.of()));
            Revision target = targets.get(name);
            boolean reached = next != null
                    && target != null
                    && target.epoch().equals(next.epoch())
                    && target.number() <= next.revision();
            if (live == null || next == null || !reached) {
                rest.add(name);
            } else if (next != believed) {
                changes.addAndGet(next.revision() - since.getOrDefault(name, 0L));
                if (live.offer(next, now)) {
                    changed.accept(name);
                }
            }
        }
        return rest;
    }

    /** Returns the state after the changes; null if they do not follow on it without a gap. */
    private static @Nullable ServiceState apply(ServiceState state, List<Change> changes) {
        if (changes.isEmpty()) {
            return state;
        }
        if (changes.size() >= CHANGES_LIMIT) {
            return null;
        }
        Map<String, Instance> instances = new HashMap<>(state.instances());
        long revision = state.revision();
        for (Change change : changes) {
            if (!change.epoch().equals(state.epoch()) || change.revision() != revision + 1) {
                return null;
            }
            revision = change.revision();
            Instance instance = change.instance();
            if (instance == null) {
                instances.remove(change.id());
            } else {
                instances.put(change.id(), instance);
            }
        }
        return new ServiceState(state.service(), state.epoch(), revision, instances);
    }

    /** Returns how many of the services could not be read: what is known of them stays. */
    private int readWhole(Collection<ServiceName> names) {
        List<ServiceName> all = List.copyOf(names);
        int unreadable = 0;
        for (int from = 0; from < all.size(); from += PORTION) {
            unreadable += readPortion(all.subList(from, Math.min(all.size(), from + PORTION)));
        }
        return unreadable;
    }

    private int readPortion(List<ServiceName> names) {
        Map<ServiceName, Optional<ServiceState>> states = store.states(names);
        long now = clock.millis();
        wholeReads.addAndGet(states.size());
        states.forEach((name, read) -> {
            ServiceState state = read.orElse(null);
            LiveService live = services.get(name);
            if (live == null) {
                if (state == null || !mayAdd(name)) {
                    return;
                }
                live = services.computeIfAbsent(name, LiveService::new);
            }
            boolean isChanged;
            if (state == null) {
                isChanged = live.offerAbsence(now);
            } else {
                isChanged = live.offer(state, now);
            }
            if (live.believed() == null && live.suspicion() == null) {
                services.remove(name);
            }
            if (isChanged) {
                changed.accept(name);
            }
        });
        readDepartures(states.keySet());
        return names.size() - states.size();
    }

    private boolean mayAdd(ServiceName name) {
        if (services.size() < settings.maxServices()) {
            return true;
        }
        if (refused.getAndIncrement() % 1000 == 0) {
            log.warn(
                    "{} is not kept in memory: {} services is the limit; raise moa.router.live.max-services",
                    name,
                    settings.maxServices());
        }
        return false;
    }

    /** Whoever left properly in a store that is still suspected is not held. */
    private void readDepartures(Set<ServiceName> names) {
        Set<ServiceName> rest = names;
        for (int i = 0; i < DEPARTURE_READS && !rest.isEmpty(); i++) {
            rest = readSomeDepartures(rest);
        }
    }

    /** Returns the services whose change streams may have more. */
    private Set<ServiceName> readSomeDepartures(Set<ServiceName> names) {
        Map<ServiceName, Long> since = new HashMap<>();
        for (ServiceName name : names) {
            LiveService live = services.get(name);
            LiveService.Suspicion suspicion = live == null ? null : live.suspicion();
            if (suspicion != null && suspicion.candidate() != null) {
                since.put(name, suspicion.followedTo());
            }
        }
        Set<ServiceName> rest = new HashSet<>();
        if (since.isEmpty()) {
            return rest;
        }
        long now = clock.millis();
        store.departures(since, CHANGES_LIMIT).forEach((name, read) -> {
            LiveService live = services.get(name);
            if (live != null && follow(live, read, now)) {
                changed.accept(name);
            }
            if (read.size() >= CHANGES_LIMIT) {
                rest.add(name);
            }
        });
        return rest;
    }

    private static boolean follow(LiveService live, List<Departure> changes, long nowMs) {
        LiveService.Suspicion suspicion = live.suspicion();
        ServiceState candidate = suspicion == null ? null : suspicion.candidate();
        if (suspicion == null || candidate == null || changes.isEmpty()) {
            return false;
        }
        Set<String> gone = new HashSet<>(suspicion.gone());
        for (Departure change : changes) {
            if (!change.epoch().equals(candidate.epoch())) {
                // of the life that was lost: who had left in it may have come back in the part that is missing
                continue;
            }
            if (change.isGone()) {
                gone.add(change.id());
            } else {
                gone.remove(change.id());
            }
        }
        return live.followed(gone, changes.get(changes.size() - 1).revision(), nowMs);
    }

    private void readSomeWhole(Set<ServiceName> names) {
        List<ServiceName> all = List.copyOf(names);
        List<ServiceName> portion = new ArrayList<>();
        for (int i = 0; i < Math.min(WHOLE_READS, all.size()); i++) {
            portion.add(all.get((wholeReadCursor + i) % all.size()));
        }
        wholeReadCursor = all.isEmpty() ? 0 : (wholeReadCursor + WHOLE_READS) % all.size();
        readWhole(portion);
    }
}
