package dev.moa.router.watch;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.router.address.Stamp;
import dev.moa.router.chain.Lookup;
import dev.moa.router.chain.LookupAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clients that wait for news. A poll is answered at once if anything the client has is stale; else it is
 * put down under each of its services, looked at again (news may have come in between), and then waits until
 * one of them changes or its time is over.
 *
 * <p>Safe for many threads. Nothing here waits on the caller's thread; the chain is asked on threads named
 * {@code router-watch-n}. Whoever wins the waiter's flag answers it, so each poll is answered once.
 */
public final class Watches implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Watches.class);

    private static final int THREADS = 4;
    private static final int MAX_QUEUED = 100_000;

    /** Services of all polls that wait; each takes about 200 bytes. */
    private static final int MOST_WAITED_FOR = 2_000_000;

    private static final int MOST_NAMED = 100;
    private static final Duration COMES_BACK = Duration.ofSeconds(2);
    private static final Duration LOOKUP_TIMEOUT = Duration.ofMillis(500);

    private final Lookup lookup;
    private final WatchProperties settings;
    private final Map<ServiceName, Set<Waiter>> waiters = new ConcurrentHashMap<>();
    private final Outstanding outstanding;
    private final AtomicInteger waiting = new AtomicInteger();
    private final int mostWaitedFor;
    private final AtomicInteger waitedFor = new AtomicInteger();
    private final AtomicInteger threads = new AtomicInteger();
    private final ThreadPoolExecutor workers = new ThreadPoolExecutor(
            THREADS, THREADS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MAX_QUEUED), this::thread);
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, work -> {
        Thread thread = new Thread(work, "router-watch-timer-1");
        thread.setDaemon(true);
        return thread;
    });

    private static final class Waiter {
        final String client;
        final boolean comesBack;
        final WatchToken token;
        final Set<ServiceName> services;
        final CompletableFuture<WatchAnswer> result = new CompletableFuture<>();
        final AtomicBoolean queued = new AtomicBoolean();
        final AtomicBoolean counted = new AtomicBoolean(true);
        volatile @Nullable ScheduledFuture<?> timeout;

        Waiter(String client, WatchToken token, Set<ServiceName> services, Duration wait) {
            // who does not wait comes back when it likes
            this.comesBack = !wait.isZero() && !wait.isNegative();
            this.client = client;
            this.token = token;
            this.services = services;
        }
    }

    public Watches(Lookup lookup, WatchProperties settings) {
        this(lookup, settings, COMES_BACK, MOST_WAITED_FOR);
    }

    /**
     * @param comesBack how long a client that was answered may take for its next poll before it counts as gone
     * @param mostWaitedFor services of all polls that wait
     */
    Watches(Lookup lookup, WatchProperties settings, Duration comesBack, int mostWaitedFor) {
        this.mostWaitedFor = mostWaitedFor;
        this.outstanding = new Outstanding(comesBack);
        this.lookup = lookup;
        this.settings = settings;
        workers.allowCoreThreadTimeOut(true);
        timer.setRemoveOnCancelPolicy(true);
    }

    /**
     * Waits for news.
     *
     * @param client who it is, for people
     * @param token what the client has, as the last answer gave it; null at first
     * @param services of which it wants to hear
     * @param wait how long at most
     * @return ends with a {@link MoaException} if the poll is refused; cancel it when the client is gone
     */
    public CompletableFuture<WatchAnswer> watch(
            String client, @Nullable String token, Set<ServiceName> services, Duration wait) {
        if (services.isEmpty() || services.size() > settings.maxServices()) {
            return CompletableFuture.failedFuture(new MoaException(
                    StatusCode.INVALID_ARGUMENT,
                    "services: %d (expected: 1 to %d in one watch)"
                            .formatted(services.size(), settings.maxServices())));
        }
        if (waiting.incrementAndGet() > settings.maxWaiting()) {
            waiting.decrementAndGet();
            return CompletableFuture.failedFuture(new MoaException(
                    StatusCode.RESOURCE_EXHAUSTED,
                    "watches: %d wait already (limit: moa.router.watch.max-waiting); ask another router"
                            .formatted(settings.maxWaiting())));
        }
        if (waitedFor.addAndGet(services.size()) > mostWaitedFor) {
            waiting.decrementAndGet();
            waitedFor.addAndGet(-services.size());
            return CompletableFuture.failedFuture(new MoaException(
                    StatusCode.RESOURCE_EXHAUSTED,
                    "services: %d more (limit: %d in all watches that wait); ask another router"
                            .formatted(services.size(), mostWaitedFor)));
        }
        Waiter waiter = new Waiter(client, WatchToken.parse(token, services), new LinkedHashSet<>(services), wait);
        long waitMs = Math.max(0, Math.min(wait.toMillis(), settings.maxWait().toMillis()));
        waiter.result.whenComplete((answer, failure) -> remove(waiter));
        enqueue(waiter, () -> {
            begin(waiter, waitMs);
            // not before it stands somewhere else
            outstanding.acknowledged(token, client);
        });
        return waiter.result;
    }

    /** Returns the token of a client that has one answer. */
    public static String token(ServiceName service, Stamp stamp) {
        return new WatchToken(Collections.singletonMap(service, stamp)).toString();
    }

    /** Returns how many polls wait. */
    public int waiting() {
        return waiting.get();
    }

    /**
     * Names the clients, at most 100, that may not know what is answered for a service now: those that still wait with
     * an older answer, and those that had an older one or none, were answered within the last 2 s and have not come
     * back.
     */
    public Set<String> behind(ServiceName service) {
        LookupAnswer.Found now = lookup.peek(service);
        Set<String> names = new TreeSet<>();
        Consumer<String> bounded = name -> {
            if (names.size() < MOST_NAMED) {
                names.add(name);
            }
        };
        for (Waiter each : waiters.getOrDefault(service, Set.of())) {
            Stamp theirs = each.token.stamps().get(service);
            if (theirs != null && now != null && now.stamp().isNewsFor(theirs)) {
                bounded.accept(each.client);
            }
        }
        outstanding.name(service, now == null ? null : now.stamp(), bounded);
        return names;
    }

    /** The answer for {@code service} may have changed. */
    public void changed(ServiceName service) {
        Set<Waiter> interested = waiters.get(service);
        if (interested != null) {
            interested.forEach(this::lookAgain);
        }
    }

    /** Any answer may have changed. */
    public void allChanged() {
        Set<Waiter> all = ConcurrentHashMap.newKeySet();
        waiters.values().forEach(all::addAll);
        all.forEach(this::lookAgain);
    }

    private void begin(Waiter waiter, long waitMs) {
        WatchAnswer answer = news(waiter);
        if (!answer.answers().isEmpty() || !answer.unknown().isEmpty() || waitMs == 0) {
            answer(waiter, answer);
            return;
        }
        for (ServiceName service : waiter.services) {
            waiters.compute(service, (name, present) -> {
                Set<Waiter> set = present == null ? ConcurrentHashMap.newKeySet() : present;
                set.add(waiter);
                return set;
            });
        }
        waiter.timeout = timer.schedule(
                () -> answer(waiter, new WatchAnswer(waiter.token.toString(), List.of(), List.of())),
                waitMs,
                TimeUnit.MILLISECONDS);
        if (waiter.result.isDone()) {
            remove(waiter);
        } else {
            // news may have come between the first look and putting the waiter down
            lookAgain(waiter);
        }
    }

    // noted first: the client may be back before this returns
    private void answer(Waiter waiter, WatchAnswer answer) {
        if (waiter.comesBack && !waiter.result.isDone()) {
            outstanding.sent(answer, waiter.client, waiter.services, waiter.token);
        }
        waiter.result.complete(answer);
    }

    private void lookAgain(Waiter waiter) {
        if (waiter.queued.compareAndSet(false, true)) {
            enqueue(waiter, () -> {
                waiter.queued.set(false);
                if (!waiter.result.isDone()) {
                    WatchAnswer answer = news(waiter);
                    if (!answer.answers().isEmpty() || !answer.unknown().isEmpty()) {
                        answer(waiter, answer);
                    }
                }
            });
        }
    }

    private void enqueue(Waiter waiter, Runnable work) {
        try {
            workers.execute(() -> {
                try {
                    work.run();
                } catch (RuntimeException e) {
                    log.error("a watch failed; its client is told and asks again", e);
                    waiter.result.completeExceptionally(
                            new MoaException(StatusCode.INTERNAL, "the watch failed; ask again", e));
                }
            });
        } catch (RejectedExecutionException e) {
            waiter.result.completeExceptionally(
                    new MoaException(StatusCode.UNAVAILABLE, "the router is overloaded or stops; ask another one"));
        }
    }

    private WatchAnswer news(Waiter waiter) {
        Map<ServiceName, @Nullable Stamp> stamps = new LinkedHashMap<>();
        List<LookupAnswer.Found> answers = new ArrayList<>();
        List<ServiceName> unknown = new ArrayList<>();
        Deadline deadline = Deadline.after(LOOKUP_TIMEOUT);
        for (ServiceName service : waiter.services) {
            boolean isKnownToClient = waiter.token.stamps().containsKey(service);
            Stamp theirs = waiter.token.stamps().get(service);
            LookupAnswer answer = lookup.findNow(service);
            if (answer == null) {
                answer = lookup.find(service, deadline);
            }
            if (answer instanceof LookupAnswer.Found found) {
                boolean isNews = theirs == null || found.stamp().isNewsFor(theirs);
                stamps.put(service, isNews ? found.stamp() : theirs);
                if (isNews) {
                    answers.add(found);
                }
            } else if (answer instanceof LookupAnswer.Unknown) {
                stamps.put(service, null);
                if (!isKnownToClient || theirs != null) {
                    unknown.add(service);
                }
            } else if (isKnownToClient) {
                // nobody can say now: the client keeps what it has
                stamps.put(service, theirs);
            }
        }
        return new WatchAnswer(new WatchToken(stamps).toString(), answers, unknown);
    }

    private void remove(Waiter waiter) {
        ScheduledFuture<?> timeout = waiter.timeout;
        if (timeout != null) {
            timeout.cancel(false);
        }
        for (ServiceName service : waiter.services) {
            waiters.computeIfPresent(service, (name, present) -> {
                present.remove(waiter);
                return present.isEmpty() ? null : present;
            });
        }
        if (waiter.counted.compareAndSet(true, false)) {
            waiting.decrementAndGet();
            waitedFor.addAndGet(-waiter.services.size());
        }
    }

    private Thread thread(Runnable work) {
        Thread thread = new Thread(work, "router-watch-" + threads.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void close() {
        timer.shutdownNow();
        workers.shutdown();
        Set<Waiter> all = ConcurrentHashMap.newKeySet();
        waiters.values().forEach(all::addAll);
        // an early answer without news: the clients ask again, elsewhere
        all.forEach(waiter -> waiter.result.complete(new WatchAnswer(waiter.token.toString(), List.of(), List.of())));
        workers.shutdownNow();
    }
}
