package dev.moa.registry.watch;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.catalog.Instance;
import dev.moa.registry.catalog.InstanceChange;
import dev.moa.registry.catalog.Position;
import dev.moa.registry.catalog.RedisCatalog;
import dev.moa.registry.catalog.ServiceChanges;
import dev.moa.registry.catalog.ServiceSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A watched service: how far its subscribers have been told, who they are, and who lives in it.
 *
 * <p>When Redis loses the service (another epoch), those who lived in it are missing, not gone: they stay in what
 * subscribers are told, marked as held, until each has registered again, has left, or could have renewed and did not.
 * So nobody is told that a service is empty because Redis is.
 *
 * <p>Guarded by the hub's lock.
 */
final class Feed {
    private static final int CHANGES_AT_ONCE = 500;
    // beyond it, telling takes a thread that has nothing else to do
    private static final int MOST_AT_ONCE = 64;
    private static final int DEFAULT_TTL_SECONDS = 10;
    // beyond its lease; and what nobody waits longer than, however long the lease
    private static final Duration MARGIN = Duration.ofSeconds(2);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

    private final ServiceName service;
    private final RedisCatalog catalog;
    private final Map<String, Listed> known = new TreeMap<>();
    private final Map<String, Instance> missing = new TreeMap<>();
    private final Set<Subscription> subscribers = new LinkedHashSet<>();
    private Position position;
    private String lostEpoch = "";
    private long waitUntilNanos;
    private boolean waiting;

    private Feed(ServiceName service, RedisCatalog catalog, ServiceSnapshot snapshot) {
        this.service = service;
        this.catalog = catalog;
        this.position = new Position(snapshot.epoch(), snapshot.revision());
        snapshot.instances().forEach(instance -> known.put(instance.id(), Listed.read(instance)));
    }

    static Feed open(ServiceName service, RedisCatalog catalog) {
        return new Feed(service, catalog, catalog.snapshot(service));
    }

    Set<Subscription> subscribers() {
        return subscribers;
    }

    /** Returns whether there is nothing to tell while Redis is at {@code now}, nor to clear up. */
    boolean isAt(@Nullable Position now) {
        return position.equals(now)
                && !waiting
                && !subscribers.isEmpty()
                && subscribers.stream().noneMatch(Subscription::isClosed);
    }

    /** Catches a new subscriber up; where Redis cannot be asked for it, this throws and it has not joined. */
    void join(Subscription subscription, boolean justStarted) {
        catchUp(subscription, justStarted);
        // not before: who is among them is told only of what follows
        subscribers.add(subscription);
    }

    private void catchUp(Subscription subscription, boolean justStarted) {
        Position own = subscription.position(service);
        boolean mayBeLost = justStarted || catalog.isRebuilding(service);
        if (own == null) {
            if (known.isEmpty() && missing.isEmpty() && catalog.isRebuilding(service)) {
                return; // told as soon as there is anybody
            }
            subscription.tell(whole());
        } else if (own.epoch().equals(position.epoch())) {
            WatchEvent.Changed event = changesSince(own);
            if (event != null) {
                subscription.tell(event);
            }
        } else if (!own.epoch().isEmpty() && !own.epoch().equals(lostEpoch) && mayBeLost) {
            // it knows a store of which nothing is known here: it keeps what it knows until that is rebuilt
            waitFor(Duration.ofSeconds(DEFAULT_TTL_SECONDS).plus(MARGIN));
        } else {
            subscription.tell(whole());
        }
    }

    /**
     * Tells the subscribers what happened since; returns whether there may be more at once.
     *
     * @param wakes what was heard; where none was, or there is a gap, it is read
     */
    boolean tell(List<Wake> wakes) {
        boolean over = waiting && System.nanoTime() - waitUntilNanos >= 0;
        Position before = position;
        List<Wake.Change> heard = waiting ? null : heard(wakes);
        if (heard != null && heard.isEmpty()) {
            return false; // all of it is told already
        }
        WatchEvent.Changed event = heard == null ? next() : takeHeard(heard);
        if (over) {
            waiting = false;
            missing.clear();
            event = whole();
        }
        if (event == null) {
            return false;
        }
        tell(event, before, over);
        return event.changes().size() >= CHANGES_AT_ONCE;
    }

    /**
     * Tells the subscribers of one change, if neither Redis nor one of them has to be waited for; returns whether that
     * is done with.
     */
    boolean tellAtOnce(Wake wake) {
        if (waiting || subscribers.size() > MOST_AT_ONCE) {
            return false;
        }
        for (Subscription each : subscribers) {
            if (!each.isPrompt()) {
                return false;
            }
        }
        List<Wake.Change> heard = heard(List.of(wake));
        if (heard == null) {
            return false;
        }
        if (!heard.isEmpty()) {
            Position before = position;
            tell(takeHeard(heard), before, false);
        }
        return true;
    }

    private void tell(WatchEvent.Changed event, Position before, boolean over) {
        WatchEvent.Token token = new WatchEvent.Token();
        for (Subscription subscription : subscribers) {
            WatchEvent.Changed own = over ? event : forSubscriber(event, before, subscription.position(service));
            if (own != null) {
                subscription.tell(own);
                subscription.offer(token);
            }
        }
    }

    private WatchEvent.@Nullable Changed forSubscriber(
            WatchEvent.Changed event, Position before, @Nullable Position own) {
        if (event.isSnapshot() || own == null) {
            boolean keepsItsOwn = waiting && missing.isEmpty() && own != null && !own.equals(before);
            return keepsItsOwn || event.position().equals(own) ? null : whole();
        }
        if (own.equals(before)) {
            return event;
        }
        if (!own.epoch().equals(event.position().epoch())) {
            return waiting ? null : whole();
        }
        if (own.covers(event.position())) {
            return null;
        }
        if (!own.covers(before)) {
            return whole(); // there is a gap
        }
        // one that joined after the feed was read last may know some of it already
        List<ToldChange> rest = event.changes().stream()
                .filter(change -> change.revision() > own.revision())
                .toList();
        return WatchEvent.Changed.changes(service, event.position(), rest);
    }

    /** Returns the changes after {@link #position} if the wake-ups have them all, else null. */
    private @Nullable List<Wake.Change> heard(List<Wake> wakes) {
        List<Wake.Change> changes = wakes.isEmpty() ? null : new ArrayList<>(wakes.size());
        for (Wake wake : wakes) {
            Position at = wake.position();
            if (changes == null || at == null || !at.epoch().equals(position.epoch())) {
                return null;
            }
            long next = position.revision() + changes.size() + 1;
            Wake.Change change = at.revision() == next ? wake.change() : null;
            if (change != null) {
                changes.add(change);
            } else if (at.revision() >= next) {
                return null;
            }
        }
        return changes;
    }

    private WatchEvent.@Nullable Changed next() {
        ServiceChanges changes = catalog.changes(service, position.revision(), CHANGES_AT_ONCE);
        if (!changes.follows(position.epoch(), position.revision())) {
            return readAgain();
        }
        if (changes.changes().isEmpty()) {
            return null;
        }
        return take(changes.changes());
    }

    private WatchEvent.Changed take(List<InstanceChange> changes) {
        for (InstanceChange change : changes) {
            Instance instance = change.instance();
            take(change.id(), instance == null ? null : Listed.read(instance));
        }
        return changed(changes.stream().map(ToldChange::of).toList());
    }

    private WatchEvent.Changed takeHeard(List<Wake.Change> changes) {
        for (Wake.Change change : changes) {
            take(change.id(), change.instance().isEmpty() ? null : Listed.heard(change.instance()));
        }
        return changed(changes.stream().map(Wake.Change::told).toList());
    }

    private void take(String id, @Nullable Listed instance) {
        if (instance == null) {
            known.remove(id);
            missing.remove(id);
        } else {
            live(id, instance);
        }
    }

    private WatchEvent.Changed changed(List<ToldChange> changes) {
        position =
                new Position(position.epoch(), changes.get(changes.size() - 1).revision());
        return WatchEvent.Changed.changes(service, position, changes);
    }

    private WatchEvent.@Nullable Changed readAgain() {
        ServiceSnapshot snapshot = catalog.snapshot(service);
        Position now = new Position(snapshot.epoch(), snapshot.revision());
        if (now.equals(position)) {
            return null;
        }
        boolean lost = !position.epoch().isEmpty() && !position.epoch().equals(now.epoch());
        if (lost) {
            lostEpoch = position.epoch();
            known.forEach((id, listed) -> missing.put(id, listed.instance()));
            int longest = missing.values().stream()
                    .map(Instance::ttlSeconds)
                    .mapToInt(ttl -> Objects.requireNonNullElse(ttl, DEFAULT_TTL_SECONDS))
                    .max()
                    .orElse(0);
            if (!missing.isEmpty()) {
                waitFor(Duration.ofSeconds(longest).plus(MARGIN));
            }
        }
        position = now;
        known.clear();
        snapshot.instances().forEach(instance -> live(instance.id(), Listed.read(instance)));
        if (!missing.isEmpty()) {
            // who left the new store did so on purpose, or is dead
            catalog.changes(service, 0, CHANGES_AT_ONCE).changes().stream()
                    .filter(change -> change.type() == InstanceChange.Type.REMOVED)
                    .forEach(change -> missing.remove(change.id()));
        }
        return whole();
    }

    private void live(String id, Listed listed) {
        known.put(id, listed);
        if (missing.isEmpty()) {
            return;
        }
        // the same id came back, or another took its address
        Instance instance = listed.instance();
        missing.values()
                .removeIf(each -> each.id().equals(instance.id())
                        || (each.port() == instance.port() && each.host().equals(instance.host())));
    }

    private WatchEvent.@Nullable Changed changesSince(Position own) {
        if (own.covers(position)) {
            return null;
        }
        ServiceChanges changes = catalog.changes(service, own.revision(), CHANGES_AT_ONCE);
        List<ToldChange> until = changes.changes().stream()
                .filter(change -> change.revision() <= position.revision())
                .map(ToldChange::of)
                .toList();
        boolean whole = changes.follows(own.epoch(), own.revision())
                && !until.isEmpty()
                && until.get(until.size() - 1).revision() == position.revision();
        return whole ? WatchEvent.Changed.changes(service, position, until) : whole();
    }

    /** Returns all that is known now, with those who are missing as held. */
    private WatchEvent.Changed whole() {
        List<Instance> all = new ArrayList<>(known.size() + missing.size());
        known.values().forEach(listed -> all.add(listed.instance()));
        missing.values().forEach(instance -> all.add(instance.asHeld()));
        all.sort(Comparator.comparing(Instance::id));
        return WatchEvent.Changed.snapshot(service, position, all);
    }

    private void waitFor(Duration time) {
        Duration bounded = time.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : time;
        waiting = true;
        waitUntilNanos = System.nanoTime() + bounded.toNanos();
    }
}
