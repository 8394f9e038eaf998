package dev.moa.router.live;

import dev.moa.protocol.ServiceName;
import dev.moa.router.address.Instance;
import dev.moa.router.address.ServiceState;
import dev.moa.router.address.ServiceView;
import dev.moa.router.store.Change;
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
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All services of the store, in memory.
 *
 * <p>One thread, {@code router-live-1}, does all reading and changing. Three things set it to work: a wake-up
 * names a service and its revision, the subscription was (re)made, or the compare interval is over. It reads
 * what changed since the revision it has; a gap or another epoch means reading the whole service again. Every
 * comparison also reads a few services whole, in turn, so that even an equal revision is not trusted for ever.
 *
 * <p>Safe for many threads; reading never blocks. Listeners run on its thread and must not block.
 */
public final class LiveView implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LiveView.class);

    /** Changes read at once; a service that has changed more often since is read whole, which is cheaper. */
    private static final int CHANGES_LIMIT = 200;

    /** Services read whole at each comparison although their revision is equal. */
    private static final int WHOLE_READS = 20;

    /** Wake-ups that wait for the thread; more than this only means one comparison of all. */
    private static final int MAX_DIRTY = 100_000;

    private final RegistryStore store;
    private final LiveProperties settings;
    private final Clock clock;
    private final Map<ServiceName, LiveService> services = new ConcurrentHashMap<>();
    private final Map<ServiceName, Revision> announced = new ConcurrentHashMap<>();
    private final List<Consumer<ServiceName>> listeners = new CopyOnWriteArrayList<>();
    private final List<Runnable> comparedListeners = new CopyOnWriteArrayList<>();
    private final AtomicLong wakes = new AtomicLong();
    private final AtomicLong changes = new AtomicLong();
    private final AtomicLong wholeReads = new AtomicLong();
    private final AtomicLong healed = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();

    private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "router-live-1");
        thread.setDaemon(true);
        return thread;
    });

    // guarded by dirty
    private final Set<ServiceName> dirty = new LinkedHashSet<>();
    private boolean drainQueued;
    private boolean compareQueued;

    private volatile long comparedAtMs;
    private volatile @Nullable String failure = "not compared with the store yet";
    private volatile long failedSinceMs;
    private volatile long storeHadServicesAtMs;
    private int wholeReadCursor;
    private boolean started;

    public LiveView(RegistryStore store, LiveProperties settings, Clock clock) {
        this.store = store;
        this.settings = settings;
        this.clock = clock;
        this.failedSinceMs = clock.millis();
    }

    /** Takes over a snapshot from disk; before {@link #start()} only. It is not served until a store was asked. */
    public void seed(ServiceState state, long confirmedAtMs) {
        services.computeIfAbsent(state.service(), LiveService::new).seed(state, confirmedAtMs);
    }

    /** Adds somebody who is told which service's view has changed. */
    public void onChange(Consumer<ServiceName> listener) {
        listeners.add(listener);
    }

    /** Adds somebody who is told after each comparison of all services with the store. */
    public void onCompared(Runnable listener) {
        comparedListeners.add(listener);
    }

    public synchronized void start() {
        if (!started) {
            started = true;
            long interval = settings.compareInterval().toMillis();
            worker.scheduleWithFixedDelay(this::compareAll, 0, interval, TimeUnit.MILLISECONDS);
            worker.scheduleWithFixedDelay(this::endHolds, 1, 1, TimeUnit.SECONDS);
        }
    }

    /** Hears a wake-up: {@code <service> <epoch> <revision>}. */
    public void wake(String message) {
        String[] parts = message.split(" ", 4);
        wakes.incrementAndGet();
        if (parts.length < 3) {
            return;
        }
        try {
            ServiceName service = ServiceName.of(parts[0]);
            Revision revision = new Revision(parts[1], Long.parseLong(parts[2]));
            announced.merge(
                    service,
                    revision,
                    (before, now) ->
                            before.epoch().equals(now.epoch()) && before.number() > now.number() ? before : now);
            if (announced.size() > settings.maxServices()) {
                announced.clear();
            }
            refresh(service);
        } catch (IllegalArgumentException e) {
            log.debug("wake-up ignored: {}", e.getMessage());
        }
    }

    /** Reads the service again soon. */
    public void refresh(ServiceName service) {
        synchronized (dirty) {
            if (dirty.size() >= MAX_DIRTY) {
                queueCompare();
                return;
            }
            dirty.add(service);
            if (!drainQueued) {
                drainQueued = submit(this::drain);
            }
        }
    }

    /** Compares all services soon: whatever was published until now may have been missed. */
    public void compareSoon() {
        synchronized (dirty) {
            queueCompare();
        }
    }

    private void queueCompare() {
        if (!compareQueued) {
            compareQueued = submit(() -> {
                synchronized (dirty) {
                    compareQueued = false;
                }
                compareAll();
            });
        }
    }

    private boolean submit(Runnable work) {
        try {
            worker.execute(work);
            return true;
        } catch (RejectedExecutionException e) {
            // closed
            return false;
        }
    }

    /** Returns the service's answer; null if the store does not know it, or was not asked yet. */
    public @Nullable ServiceView view(ServiceName service) {
        LiveService live = services.get(service);
        return live == null ? null : live.view();
    }

    /** Returns what the store last said and was believed; null if there is no such state. */
    public @Nullable ServiceState believed(ServiceName service) {
        LiveService live = services.get(service);
        return live == null ? null : live.believed();
    }

    /** Returns when the store last said the same as the view, in milliseconds of the epoch. */
    public long confirmedAtMs(ServiceName service) {
        LiveService live = services.get(service);
        return live == null ? 0 : live.confirmedAtMs();
    }

    /** Returns why the store is not believed about the service; null if it is. */
    public @Nullable String suspicion(ServiceName service) {
        LiveService live = services.get(service);
        LiveService.Suspicion suspicion = live == null ? null : live.suspicion();
        return suspicion == null
                ? null
                : "%s; held for %d ms of %d"
                        .formatted(
                                suspicion.why(),
                                clock.millis() - suspicion.sinceMs(),
                                settings.hold().toMillis());
    }

    /**
     * Returns why a reading of some store is not believed; null if it is: a replica may lag behind what was
     * announced, and a store that lost something is suspected for a while.
     */
    public @Nullable String doubt(ServiceName service, @Nullable ServiceState reading) {
        LiveService live = services.get(service);
        ServiceState last = live == null ? null : live.believed();
        if (reading == null) {
            return last == null || last.instances().isEmpty()
                    ? null
                    : "it does not know the service, which had %d instances"
                            .formatted(last.instances().size());
        }
        Revision latest = announced.get(service);
        if (latest != null && latest.epoch().equals(reading.epoch()) && latest.number() > reading.revision()) {
            return "it is behind: revision %d, announced was %d".formatted(reading.revision(), latest.number());
        }
        if (last == null || last.instances().isEmpty()) {
            return null;
        }
        if (!reading.isOfEpoch(last)) {
            return "it has another birth mark: %s was %s".formatted(reading.epoch(), last.epoch());
        }
        return reading.revision() < last.revision()
                ? "it is behind: revision %d, known is %d".formatted(reading.revision(), last.revision())
                : null;
    }

    /** Returns the names of all services that have an answer. */
    public Set<ServiceName> services() {
        Set<ServiceName> names = new TreeSet<>();
        services.forEach((name, live) -> {
            if (live.view() != null) {
                names.add(name);
            }
        });
        return names;
    }

    /** Returns all services whose store is suspected. */
    public Set<ServiceName> suspected() {
        Set<ServiceName> names = new TreeSet<>();
        services.forEach((name, live) -> {
            if (live.suspicion() != null) {
                names.add(name);
            }
        });
        return names;
    }

    /** Returns whether the view was compared with the store at least once. */
    public boolean isComplete() {
        return comparedAtMs > 0;
    }

    /** Returns when all services were last compared with the store, in milliseconds of the epoch; 0 if never. */
    public long comparedAtMs() {
        return comparedAtMs;
    }

    /** Returns what is wrong with the store, or null. */
    public @Nullable String failure() {
        String message = failure;
        return message == null ? null : "%s (since %d ms)".formatted(message, clock.millis() - failedSinceMs);
    }

    /** Returns counters for metrics: wakes, changes, whole reads, healed, refused services. */
    public Map<String, Long> counters() {
        return Map.of(
                "wakes", wakes.get(),
                "changes", changes.get(),
                "whole-reads", wholeReads.get(),
                "healed", healed.get(),
                "refused", refused.get());
    }

    private void drain() {
        List<ServiceName> portion = new ArrayList<>();
        synchronized (dirty) {
            drainQueued = false;
            portion.addAll(dirty);
            dirty.clear();
        }
        attempt("read changes", () -> refreshAll(portion));
    }

    private void compareAll() {
        attempt("compare with the store", () -> {
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
            boolean first = comparedAtMs == 0;
            if (!first) {
                healed.addAndGet(stale.size());
            }
            refreshAll(stale);
            readSomeWhole(names);
            comparedAtMs = now;
            comparedListeners.forEach(Runnable::run);
        });
    }

    private void attempt(String what, Runnable work) {
        try {
            work.run();
            if (failure != null) {
                log.info("the store answers again");
            }
            failure = null;
        } catch (StoreException e) {
            fail(what, e.getMessage());
        } catch (Exception e) {
            // this thread keeps the view: it goes on, and the next comparison tries again
            fail(what, e.toString());
            log.error("{} failed", what, e);
        }
    }

    private void fail(String what, @Nullable String message) {
        if (failure == null || comparedAtMs == 0) {
            log.warn("cannot {}: {}; answers go on from what is known", what, message);
        }
        if (failure == null) {
            failedSinceMs = clock.millis();
        }
        failure = message;
    }

    private void refreshAll(Collection<ServiceName> names) {
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
            whole.addAll(applyChanges(since));
        }
        if (!whole.isEmpty()) {
            readWhole(whole);
        }
    }

    /** Returns the services that the change stream does not bring up to date. */
    private Set<ServiceName> applyChanges(Map<ServiceName, Long> since) {
        Set<ServiceName> rest = new LinkedHashSet<>();
        Map<ServiceName, List<Change>> read;
        try {
            read = store.changes(since, CHANGES_LIMIT);
        } catch (IllegalArgumentException e) {
            return since.keySet();
        }
        long now = clock.millis();
        for (ServiceName name : since.keySet()) {
            LiveService live = services.get(name);
            ServiceState believed = live == null ? null : live.believed();
            ServiceState next = believed == null ? null : apply(believed, read.getOrDefault(name, List.of()));
            Revision target = announced.get(name);
            boolean reached = next != null
                    && target != null
                    && target.epoch().equals(next.epoch())
                    && target.number() <= next.revision();
            if (live == null || next == null || !reached) {
                rest.add(name);
            } else if (next != believed) {
                changes.addAndGet(next.revision() - since.getOrDefault(name, 0L));
                if (live.offer(next, now)) {
                    tell(name);
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

    private void readWhole(Collection<ServiceName> names) {
        Map<ServiceName, ServiceState> states = store.states(names);
        long now = clock.millis();
        wholeReads.addAndGet(names.size());
        for (ServiceName name : names) {
            ServiceState state = states.get(name);
            LiveService live = services.get(name);
            if (live == null) {
                if (state == null || !mayAdd(name)) {
                    continue;
                }
                live = services.computeIfAbsent(name, LiveService::new);
            }
            boolean changed;
            if (state == null) {
                changed = live.offerAbsence(now);
            } else {
                changed = live.offer(state, now);
            }
            if (live.believed() == null && live.suspicion() == null) {
                services.remove(name);
            }
            if (changed) {
                tell(name);
            }
        }
        readDepartures();
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
    private void readDepartures() {
        Map<ServiceName, Long> since = new HashMap<>();
        services.forEach((name, live) -> {
            LiveService.Suspicion suspicion = live.suspicion();
            ServiceState believed = live.believed();
            ServiceState candidate = suspicion == null ? null : suspicion.candidate();
            if (candidate != null && believed != null) {
                since.put(name, candidate.isOfEpoch(believed) ? candidate.revision() : 0L);
            }
        });
        if (since.isEmpty()) {
            return;
        }
        long now = clock.millis();
        try {
            store.changes(since, CHANGES_LIMIT).forEach((name, changesOf) -> {
                Set<String> gone = new HashSet<>();
                changesOf.forEach(change -> {
                    if (change.instance() == null) {
                        gone.add(change.id());
                    } else {
                        gone.remove(change.id());
                    }
                });
                LiveService live = services.get(name);
                if (live != null && !gone.isEmpty() && live.left(gone, now)) {
                    tell(name);
                }
            });
        } catch (IllegalArgumentException e) {
            log.debug("changes of suspected services cannot be read: {}", e.getMessage());
        }
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

    private void endHolds() {
        long now = clock.millis();
        // while any service is seeded again, the processes of the others may still be on their way
        long seededAtMs = services.values().stream()
                .mapToLong(LiveService::seededAtMs)
                .max()
                .orElse(0);
        try {
            services.forEach((name, live) -> {
                LiveService.Suspicion suspicion = live.suspicion();
                if (suspicion == null || failure != null) {
                    // a store that does not answer proves nothing by the time that passes
                    return;
                }
                long lasted = now - suspicion.sinceMs();
                // an empty store: no registry is there yet to seed it again
                boolean alive = suspicion.candidate() != null || storeHadServicesAtMs > suspicion.sinceMs();
                if (lasted >= settings.maxHold().toMillis()
                        || (alive
                                && now - Math.max(suspicion.sinceMs(), seededAtMs)
                                        >= settings.hold().toMillis())) {
                    log.warn("{}: {}; held for {} ms, now believed", name, suspicion.why(), lasted);
                    boolean changed = live.endHold(now);
                    if (live.believed() == null) {
                        services.remove(name);
                    }
                    if (changed) {
                        tell(name);
                    }
                }
            });
        } catch (Exception e) {
            log.error("ending holds failed; tried again in a second", e);
        }
    }

    private void tell(ServiceName name) {
        for (Consumer<ServiceName> listener : listeners) {
            listener.accept(name);
        }
    }

    @Override
    public void close() {
        worker.shutdownNow();
        try {
            worker.awaitTermination(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
