package dev.moa.router.live;

import dev.moa.protocol.ServiceName;
import dev.moa.router.address.ServiceState;
import dev.moa.router.address.ServiceView;
import dev.moa.router.store.RegistryStore;
import dev.moa.router.store.Revision;
import dev.moa.router.store.StoreException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
 * comparison also reads a few services whole, in turn, so that even an equal revision is not trusted for ever. After a
 * reading that failed all are compared again within moments: the wake-ups that it answered to do not come twice.
 *
 * <p>Safe for many threads; reading never blocks. Listeners run on its thread and must not block.
 */
public final class LiveView implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LiveView.class);

    /** Held instances that one other router is told of at once. */
    private static final int MAX_HELD = 20_000;

    /** How soon all are compared again after a failure; each further one doubles it, up to the compare interval. */
    private static final long RETRY_MS = 500;

    private final StoreReading reading;
    private final LiveProperties settings;
    private final Clock clock;
    private final Map<ServiceName, LiveService> services = new ConcurrentHashMap<>();
    private final Map<ServiceName, Revision> announced = new ConcurrentHashMap<>();
    private final List<Consumer<ServiceName>> listeners = new CopyOnWriteArrayList<>();
    private final List<Runnable> comparedListeners = new CopyOnWriteArrayList<>();
    private final AtomicLong wakes = new AtomicLong();

    private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "router-live-1");
        thread.setDaemon(true);
        return thread;
    });

    private final Refreshes refreshes = new Refreshes(worker, this::isSuspected, this::read);
    private final AtomicBoolean compareQueued = new AtomicBoolean();

    /** Open once the store was asked for all services, whether it answered or not. */
    private final CountDownLatch asked = new CountDownLatch(1);

    private volatile long comparedAtMs;
    private volatile @Nullable String failure = "not compared with the store yet";
    private volatile long failedSinceMs;
    private volatile long answersSinceMs;
    // of the thread
    private int failures;
    private boolean retryQueued;
    private boolean started;

    public LiveView(RegistryStore store, LiveProperties settings, Clock clock) {
        this.reading = new StoreReading(store, settings, clock, services, announced, this::tell);
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

    /**
     * Waits until the store was asked for all services once, and answered or could not; at most so long. Whoever answers
     * before knows no more than the disk.
     */
    public void awaitFirstComparison(Duration longest) {
        try {
            if (!asked.await(longest.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn(
                        "comparing with the store takes longer than {} s; answers come from the snapshot until then",
                        longest.toSeconds());
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
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
        if (!refreshes.add(service)) {
            compareSoon();
        }
    }

    /** Compares all services soon: whatever was published until now may have been missed. */
    public void compareSoon() {
        if (compareQueued.compareAndSet(false, true)) {
            submit(() -> {
                compareQueued.set(false);
                compareAll();
            });
        }
    }

    private void submit(Runnable work) {
        try {
            worker.execute(work);
        } catch (RejectedExecutionException e) {
            log.debug("closed: nothing is read any more");
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
        return live == null || suspicion == null
                ? null
                : "%s; held for %d ms of %d"
                        .formatted(suspicion.why(), clock.millis() - suspicion.sinceMs(), holdMs(live));
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

    /** Returns whether the store is not believed about the service. */
    public boolean isSuspected(ServiceName service) {
        LiveService live = services.get(service);
        return live != null && live.suspicion() != null;
    }

    /**
     * Returns what is made of the losses of these services, of those that had one and for whom it is another than the
     * {@link Loss#mark() mark} given; waits for a reading under way. Those behind the first 20,000 held instances are
     * left out.
     */
    public CompletableFuture<List<Loss>> losses(Map<ServiceName, String> marks) {
        return CompletableFuture.supplyAsync(
                () -> {
                    List<Loss> losses = new ArrayList<>();
                    int held = 0;
                    for (Map.Entry<ServiceName, String> each : marks.entrySet()) {
                        LiveService live = services.get(each.getKey());
                        Loss loss = live == null ? null : live.loss();
                        if (loss != null && !loss.mark().equals(each.getValue())) {
                            held += loss.held().size();
                            if (held > MAX_HELD) {
                                break;
                            }
                            losses.add(loss);
                        }
                    }
                    return losses;
                },
                worker);
    }

    /** Returns the marks of what is made of the losses of at most {@code limit} suspected services, from one on. */
    public CompletableFuture<Map<ServiceName, String>> suspectedMarks(@Nullable ServiceName after, int limit) {
        return CompletableFuture.supplyAsync(
                () -> {
                    Map<ServiceName, String> marks = new LinkedHashMap<>();
                    suspected().stream()
                            .filter(name -> after == null || name.compareTo(after) > 0)
                            .limit(limit)
                            .forEach(name -> {
                                LiveService live = services.get(name);
                                Loss loss = live == null ? null : live.loss();
                                marks.put(name, loss == null ? "" : loss.mark());
                            });
                    return marks;
                },
                worker);
    }

    /** Takes over soon, where another router knew more of the store before it was lost, whom that one holds. */
    public void agree(List<Loss> theirs) {
        submit(() -> {
            long now = clock.millis();
            int agreed = 0;
            for (Loss loss : theirs) {
                LiveService live = services.get(loss.service());
                if (live != null && live.agree(loss, now)) {
                    agreed++;
                    tell(loss.service());
                }
            }
            if (agreed > 0) {
                log.info("{} services hold whom another router holds, which knew more of the lost store", agreed);
            }
        });
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

    /** Returns counters for metrics: wakes, changes, whole reads, healed and refused services, what was unreadable. */
    public Map<String, Long> counters() {
        Map<String, Long> counters = new HashMap<>(reading.counters());
        counters.put("wakes", wakes.get());
        return counters;
    }

    private void read(List<ServiceName> announcedOnes) {
        attempt("read changes", () -> reading.refresh(announcedOnes));
    }

    private void compareAll() {
        attempt("compare with the store", () -> {
            long now = clock.millis();
            reading.compareAll(comparedAtMs > 0);
            comparedAtMs = now;
            comparedListeners.forEach(Runnable::run);
        });
        asked.countDown();
    }

    private void attempt(String what, Runnable work) {
        try {
            work.run();
            if (failure != null) {
                log.info("the store answers again");
                answersSinceMs = clock.millis();
            }
            failure = null;
            failures = 0;
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
        retryLater();
    }

    private void retryLater() {
        if (retryQueued) {
            return;
        }
        long longest = Math.min(settings.compareInterval().toMillis(), RETRY_MS << Math.min(failures++, 10));
        try {
            // half of it by chance: the routers that failed together do not come back together
            long delay = longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2 + 1);
            worker.schedule(
                    () -> {
                        retryQueued = false;
                        compareAll();
                    },
                    delay,
                    TimeUnit.MILLISECONDS);
            retryQueued = true;
        } catch (RejectedExecutionException e) {
            log.debug("closed: nothing is compared again");
        }
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
                // nobody can register while the store does not answer
                long ableSinceMs = Math.max(suspicion.sinceMs(), answersSinceMs);
                // an empty store: no registry is there yet to seed it again
                boolean alive = suspicion.candidate() != null || reading.storeHadServicesAtMs() > suspicion.sinceMs();
                long hold = holdMs(live);
                boolean isLong = lasted >= settings.maxHold().toMillis() && now - ableSinceMs >= hold;
                if (isLong || (alive && now - Math.max(ableSinceMs, seededAtMs) >= hold)) {
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

    /** Whoever is held and lives may take its whole lease until it registers again. */
    private long holdMs(LiveService live) {
        long lease = Math.min(live.heldLeaseMs(), settings.maxHold().toMillis());
        return Math.max(lease, settings.hold().toMillis());
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
