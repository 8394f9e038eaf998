package dev.moa.registry.watch;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.Refusal;
import dev.moa.registry.RegistryMetrics;
import dev.moa.registry.Rounds;
import dev.moa.registry.catalog.Hearer;
import dev.moa.registry.catalog.Position;
import dev.moa.registry.catalog.RedisCatalog;
import dev.moa.registry.store.RedisStore;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Tells subscribers what changes.
 *
 * <p>One thread reads from Redis and puts events into subscriptions; it never waits for a subscriber. A wake-up (or,
 * should one be lost, the poll) makes a service dirty; the thread then takes the changes since the position of its
 * feed, once for all subscribers: from the wake-ups where they follow it without a gap, else from Redis. A wake-up that
 * follows a feed nobody works at, for few subscribers, is told by the thread that hears it. Changes that
 * do not follow that position without a gap, or come from another epoch, are never guessed at: the subscribers get a
 * snapshot. A subscriber that joins is caught up from its own position by the same thread, so nothing falls between the
 * catching up and the feed.
 *
 * <p>Methods are safe for many threads and do not block, except {@link #subscribe}.
 */
public final class SubscriptionHub implements Hearer, SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(SubscriptionHub.class);
    private static final long RETRY_MS = 500;
    // before somebody who reads slowly is told of further services
    private static final long BEHIND_MS = 20;
    private static final int POLL_SLICES = 20;
    private static final int MOST_NAMED = 100;
    private static final int MOST_HEARD = 100;
    // a registry younger than this may have missed the loss of a store
    private static final Duration JUST_STARTED = Duration.ofSeconds(30);

    private final RedisCatalog catalog;
    private final RedisStore store;
    private final WatchProperties bounds;
    private final Executor senders;
    private final RegistryMetrics metrics;

    private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();

    // guarded by this
    private final Set<ServiceName> dirty = new LinkedHashSet<>();
    private final Map<ServiceName, List<Wake>> heard = new HashMap<>(); // of dirty ones
    private final List<Subscription> joining = new ArrayList<>();
    private @Nullable Thread thread;

    // those of the feeds, for others to ask; a service is put in before its feed is read, so that no change is missed
    private final Set<ServiceName> watched = ConcurrentHashMap.newKeySet();

    // held while a feed is read or told; its thread waits for Redis with it, so others only try
    private final ReentrantLock telling = new ReentrantLock();
    // written by the hub's thread under the lock, as all that is in the feeds
    private final Map<ServiceName, Feed> feeds = new HashMap<>();

    // of the hub's thread
    private final long startedNanos = System.nanoTime();
    private final Deque<ServiceName> polls = new ArrayDeque<>();
    // services that could not be read, and when that was tried last
    private final Map<ServiceName, Long> failedNanos = new HashMap<>();
    private long polledNanos;
    private long beatNanos;

    SubscriptionHub(
            RedisCatalog catalog, RedisStore store, WatchProperties bounds, Executor senders, RegistryMetrics metrics) {
        this.catalog = catalog;
        this.store = store;
        this.bounds = bounds;
        this.senders = senders;
        this.metrics = metrics;
    }

    /**
     * Begins to tell {@code outlet} of the services, from {@code token} on, or with a snapshot of each.
     *
     * @param name who it is, for people
     * @throws Refusal if there are too many, the token is none, or Redis is away
     */
    public Subscription subscribe(String name, Set<ServiceName> services, @Nullable String token, Outlet outlet) {
        if (services.isEmpty() || services.size() > bounds.maxServices()) {
            throw Refusal.invalid(
                    "service",
                    services.size() + " services",
                    "1 to %d services (moa.registry.watch.max-services)".formatted(bounds.maxServices()),
                    "name each as ?service=…&service=…; open a second watch for more");
        }
        Map<ServiceName, Position> since = new HashMap<>(token == null ? Map.of() : ResumeToken.read(token));
        since.keySet().retainAll(services);
        String absence = store.absence();
        if (absence != null) {
            throw Refusal.unavailable(absence, null);
        }
        Subscription subscription = new Subscription(name, services, since, outlet, senders, bounds, metrics);
        synchronized (this) {
            if (thread == null) {
                throw Refusal.stopping();
            }
            if (subscriptions.size() >= bounds.maxSubscribers()) {
                throw Refusal.exhausted(
                        "watches",
                        subscriptions.size() + 1,
                        bounds.maxSubscribers() + " (moa.registry.watch.max-subscribers)",
                        "watch many services by one connection, or ask another registry");
            }
            subscriptions.add(subscription);
            joining.add(subscription);
            notifyAll();
        }
        return subscription;
    }

    /** Returns who watches a service here, and who of them has not been sent {@code position} yet. */
    public Audience audience(ServiceName service, Position position) {
        int watches = 0;
        List<String> behind = new ArrayList<>();
        for (Subscription each : subscriptions) {
            if (each.services().contains(service) && !each.isClosed()) {
                watches++;
                if (behind.size() < MOST_NAMED && !each.hasBeenSent(service, position)) {
                    behind.add(each.name());
                }
            }
        }
        return new Audience(watches, behind);
    }

    /** Ends a subscription. */
    public void unsubscribe(Subscription subscription) {
        subscription.close();
        subscriptions.remove(subscription);
        wake(subscription.services());
    }

    /** Says that a service may have changed. */
    void wake(Set<ServiceName> services) {
        synchronized (this) {
            dirty.addAll(services);
            notifyAll();
        }
    }

    @Override
    public boolean isWatched(ServiceName service) {
        return watched.contains(service);
    }

    /** Tells at once or not at all: the wake-up comes, too, and in its turn. */
    @Override
    public void hear(String wake) {
        try {
            isToldAtOnce(Wake.parse(wake));
        } catch (RuntimeException failure) {
            // not the words: they have the instance's metadata
            log.warn("Watchers could not be told at once of a registration, but when its wake-up comes", failure);
        }
    }

    /** Returns whether nobody watches anything here. */
    boolean isIdle() {
        return watched.isEmpty();
    }

    /**
     * Says that a service has changed; of one that nobody watches it is no news. Where the change follows what the
     * watchers know, and telling them takes no waiting, they are told by this thread.
     */
    void wake(Wake wake) {
        if (!isWatched(wake.service()) || isToldAtOnce(wake)) {
            return;
        }
        synchronized (this) {
            dirty.add(wake.service());
            List<Wake> wakes = heard.computeIfAbsent(wake.service(), first -> new ArrayList<>());
            if (wakes.size() <= MOST_HEARD) {
                // so many are read at once
                wakes.add(wakes.size() < MOST_HEARD ? wake : Wake.of(wake.service()));
            }
            notifyAll();
        }
    }

    private boolean isToldAtOnce(Wake wake) {
        if (!telling.tryLock()) {
            return false;
        }
        try {
            Feed feed = feeds.get(wake.service());
            return feed != null && feed.tellAtOnce(wake);
        } finally {
            telling.unlock();
        }
    }

    /** Returns the number of subscriptions. */
    int size() {
        return subscriptions.size();
    }

    @Override
    public synchronized void start() {
        if (thread == null) {
            Thread hub = new Thread(this::run, "registry-watch-1");
            hub.setDaemon(true);
            thread = hub;
            hub.start();
        }
    }

    @Override
    public void stop() {
        Thread hub;
        synchronized (this) {
            hub = thread;
            thread = null;
        }
        if (hub != null) {
            hub.interrupt();
            subscriptions.forEach(Subscription::close);
            subscriptions.clear();
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return thread != null;
    }

    private void run() {
        while (true) {
            List<Subscription> joined;
            Set<ServiceName> woken;
            Map<ServiceName, List<Wake>> wakes;
            synchronized (this) {
                try {
                    if (dirty.isEmpty() && joining.isEmpty()) {
                        wait(Math.max(1, bounds.pollInterval().toMillis() / POLL_SLICES));
                    }
                } catch (InterruptedException stopping) {
                    return;
                }
                if (thread != Thread.currentThread()) {
                    return;
                }
                joined = List.copyOf(joining);
                joining.clear();
                woken = new LinkedHashSet<>(dirty);
                dirty.clear();
                wakes = Map.copyOf(heard);
                heard.clear();
            }
            try {
                round(joined, woken, wakes);
            } catch (Refusal away) {
                // whoever was not told stays dirty; a second try after a moment
                again(joined, woken, RETRY_MS);
            } catch (Throwable failure) {
                log.error("Watchers could not be told; tried again", failure);
                again(joined, woken, RETRY_MS);
            }
        }
    }

    private void again(List<Subscription> joined, Set<ServiceName> woken, long pauseMs) {
        synchronized (this) {
            joined.stream().filter(subscription -> !subscription.isClosed()).forEach(joining::add);
            dirty.addAll(woken);
            try {
                wait(pauseMs);
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
            }
        }
        beat();
    }

    private void round(List<Subscription> joined, Set<ServiceName> woken, Map<ServiceName, List<Wake>> wakes) {
        Set<ServiceName> untold = new LinkedHashSet<>();
        // whoever was woken goes first
        for (ServiceName service : woken) {
            if (!isDone(service, () -> tell(service, wakes.getOrDefault(service, List.of())))) {
                untold.add(service);
            }
        }
        for (ServiceName service : moved()) {
            if (!isDone(service, () -> tell(service, List.of()))) {
                untold.add(service);
            }
        }
        List<Subscription> waiting = new ArrayList<>();
        for (Subscription subscription : joined) {
            if (!isJoined(subscription, untold)) {
                waiting.add(subscription);
            }
        }
        beat();
        if (!untold.isEmpty() || !waiting.isEmpty()) {
            again(waiting, untold, untold.isEmpty() ? BEHIND_MS : RETRY_MS);
        }
    }

    /** The poll: returns who has changed unheard. Each round looks at some, so that it holds nobody up for long. */
    private Set<ServiceName> moved() {
        long now = System.nanoTime();
        if (feeds.isEmpty() || now - polledNanos <= bounds.pollInterval().toNanos() / POLL_SLICES) {
            return Set.of();
        }
        polledNanos = now;
        if (polls.isEmpty()) {
            polls.addAll(feeds.keySet());
        }
        List<ServiceName> asked = new ArrayList<>();
        for (int i = feeds.size() / POLL_SLICES; i >= 0 && !polls.isEmpty(); i--) {
            asked.add(polls.remove());
        }
        Map<ServiceName, Position> positions;
        try {
            positions = catalog.positions(asked);
        } catch (Refusal away) {
            asked.forEach(polls::addFirst);
            throw away;
        }
        Set<ServiceName> moved = new LinkedHashSet<>(asked);
        moved.removeIf(service -> isUnmoved(service, positions.get(service)));
        return moved;
    }

    private boolean isUnmoved(ServiceName service, @Nullable Position now) {
        telling.lock();
        try {
            Feed feed = feeds.get(service);
            return feed == null || feed.isAt(now);
        } finally {
            telling.unlock();
        }
    }

    /**
     * While one node of a cluster is away, or a service cannot be read, the others go on; a Redis that is away ends the
     * round.
     */
    private boolean isDone(ServiceName service, Runnable work) {
        Long failed = failedNanos.get(service);
        if (failed != null && System.nanoTime() - failed < RETRY_MS * 1_000_000) {
            return false; // woken by others meanwhile
        }
        boolean done = false;
        telling.lock();
        try {
            done = Rounds.isDone(service, work);
        } catch (Refusal away) {
            if (store.absence() != null) {
                throw away;
            }
        } finally {
            telling.unlock();
        }
        if (done) {
            failedNanos.remove(service);
        } else {
            failedNanos.put(service, System.nanoTime());
        }
        return done;
    }

    private void tell(ServiceName service, List<Wake> wakes) {
        Feed feed = feeds.get(service);
        if (feed != null) {
            feed.subscribers().removeIf(Subscription::isClosed);
            if (feed.subscribers().isEmpty()) {
                feeds.remove(service);
                watched.remove(service);
            } else if (feed.tell(wakes)) {
                wake(Set.of(service));
            }
        }
    }

    private void beat() {
        long now = System.nanoTime();
        if (now - beatNanos > bounds.heartbeat().toNanos()) {
            beatNanos = now;
            subscriptions.removeIf(Subscription::isClosed);
            WatchEvent.Heartbeat heartbeat = new WatchEvent.Heartbeat();
            subscriptions.forEach(subscription -> subscription.offer(heartbeat));
        }
    }

    private Feed open(ServiceName service) {
        watched.add(service);
        try {
            Feed feed = Feed.open(service, catalog);
            feeds.put(service, feed);
            return feed;
        } catch (RuntimeException notNow) {
            watched.remove(service);
            throw notNow;
        }
    }

    /**
     * Catches a subscriber up, of much no faster than it reads, from where the last try stopped; returns whether it has
     * joined each of its services.
     *
     * @param untold takes those that cannot be read now
     */
    private boolean isJoined(Subscription subscription, Set<ServiceName> untold) {
        Iterator<ServiceName> rest = subscription.unjoined().iterator();
        while (rest.hasNext()) {
            if (subscription.isBehind() || subscription.isClosed()) {
                return false;
            }
            ServiceName service = rest.next();
            if (isDone(service, () -> join(subscription, service))) {
                rest.remove();
            } else {
                untold.add(service);
            }
        }
        boolean all = subscription.unjoined().isEmpty();
        if (all) {
            subscription.offer(new WatchEvent.Token());
        }
        return all;
    }

    private void join(Subscription subscription, ServiceName service) {
        Feed feed = feeds.get(service);
        if (feed == null) {
            feed = open(service);
        }
        feed.join(subscription, System.nanoTime() - startedNanos < JUST_STARTED.toNanos());
    }
}
