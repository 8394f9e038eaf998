package dev.moa.router.peers;

import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.router.chain.Lookup;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares what this router answers with what the other routers answer, by digests, every few seconds, on one thread
 * named {@code router-peers-1}. The others are the instances of {@code /service/lookup}. A difference counts when it is
 * there twice, a moment apart: routers hear of a change one after the other.
 */
public final class Peers implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Peers.class);
    private static final int MAX_DIFFERENCES = 20;
    private static final long A_MOMENT_MS = 300;

    private final Digests digests;
    private final Duration interval;
    private final Clock clock;
    private final ScheduledExecutorService worker = new ScheduledThreadPoolExecutor(
            1,
            work -> {
                Thread thread = new Thread(work, "router-peers-1");
                thread.setDaemon(true);
                return thread;
            },
            new ThreadPoolExecutor.DiscardPolicy());
    private volatile Comparison last = new Comparison(0, true, "not compared yet", List.of());

    // of the worker
    private final PeerBook peers;
    private final Map<String, Long> since = new HashMap<>();
    private boolean agreed = true;

    /** What another router said at the first look; one that was {@code silent} said nothing. */
    private record First(
            String address,
            Peer.@Nullable Total total,
            Map<String, Comparison.Difference> differences,
            @Nullable RuntimeException silent) {}

    public Peers(Lookup lookup, Digests digests, ConnectionOptions options, Duration interval, Clock clock) {
        this.digests = digests;
        this.peers = new PeerBook(lookup, options);
        this.interval = interval;
        this.clock = clock;
    }

    public void start() {
        later(interval.toMillis(), this::look);
    }

    /** Returns how the routers compared last. */
    public Comparison comparison() {
        return last;
    }

    private void later(long ms, Runnable step) {
        worker.schedule(
                () -> {
                    try {
                        step.run();
                    } catch (RuntimeException failure) {
                        log.warn("routers cannot be compared: {}; tried again", failure.toString());
                        later(interval.toMillis(), this::look);
                    }
                },
                ms,
                TimeUnit.MILLISECONDS);
    }

    private void look() {
        long now = clock.millis();
        Map<String, CompletableFuture<Peer.Total>> asked = new LinkedHashMap<>();
        peers.registered().forEach((address, peer) -> asked.put(address, peer.total()));
        Map<String, Digests.Digest> mine = digests.all();
        Comparison.Router self = router("this router", digests.router(), Digests.total(mine.values()), mine.size());
        List<First> others = new ArrayList<>();
        for (Map.Entry<String, CompletableFuture<Peer.Total>> each : asked.entrySet()) {
            String address = each.getKey();
            try {
                Peer.Total total = each.getValue().join();
                if (total.router().equals(digests.router())) {
                    self = router(address, self.router(), self.digest(), self.services());
                } else {
                    boolean same = total.digest().equals(self.digest());
                    others.add(new First(address, total, same ? Map.of() : differences(address, now), null));
                }
            } catch (RuntimeException silent) {
                others.add(new First(address, null, Map.of(), silent));
            }
        }
        Comparison.Router here = self;
        if (others.stream().allMatch(each -> each.differences().isEmpty())) {
            lookAgain(now, here, others);
        } else {
            later(A_MOMENT_MS, () -> lookAgain(now, here, others));
        }
    }

    private void lookAgain(long now, Comparison.Router self, List<First> others) {
        Set<String> wrong = new HashSet<>();
        List<Comparison.Router> all = new ArrayList<>(List.of(self));
        for (First each : others) {
            try {
                all.add(describe(each, Objects.requireNonNull(self.digest()), now, wrong));
            } catch (RuntimeException silent) {
                wrong.add(each.address());
                all.add(new Comparison.Router(
                        each.address(),
                        null,
                        false,
                        null,
                        0,
                        false,
                        since(each.address(), now),
                        reason(silent),
                        List.of()));
            }
        }
        since.keySet().retainAll(wrong);
        last = Verdict.of(now, all);
        if (agreed != last.agree()) {
            agreed = last.agree();
            log.warn("routers: {}", last.says());
        }
        later(interval.toMillis(), this::look);
    }

    private static Comparison.Router router(
            String address, @Nullable String router, @Nullable String digest, int services) {
        return new Comparison.Router(address, router, true, digest, services, false, 0, null, List.of());
    }

    private Comparison.Router describe(First first, String mine, long now, Set<String> wrong) {
        String address = first.address();
        Peer.Total total = first.total();
        if (total == null) {
            throw Objects.requireNonNull(first.silent());
        }
        Map<String, Comparison.Difference> differences = first.differences();
        if (!differences.isEmpty()) {
            Map<String, Comparison.Difference> still = differences(address, now);
            still.keySet().retainAll(differences.keySet());
            differences = still;
        }
        if (differences.isEmpty()) {
            return new Comparison.Router(
                    address, total.router(), false, mine, total.services(), false, 0, null, List.of());
        }
        wrong.add(address);
        differences.keySet().forEach(service -> wrong.add(address + " " + service));
        return new Comparison.Router(
                address,
                total.router(),
                false,
                total.digest(),
                total.services(),
                true,
                since(address, now),
                null,
                differences.values().stream().limit(MAX_DIFFERENCES).toList());
    }

    private Map<String, Comparison.Difference> differences(String address, long now) {
        Map<String, Digests.Digest> theirs =
                Objects.requireNonNull(peers.get(address)).each();
        Map<String, Digests.Digest> mine = digests.all();
        Set<String> names = new TreeSet<>(mine.keySet());
        names.addAll(theirs.keySet());
        Map<String, Comparison.Difference> differences = new TreeMap<>();
        for (String service : names) {
            Digests.Digest here = mine.get(service);
            Digests.Digest there = theirs.get(service);
            if (!Objects.equals(here, there)) {
                differences.put(
                        service,
                        new Comparison.Difference(
                                service,
                                since(address + " " + service, now),
                                here == null ? null : here.words(),
                                there == null ? null : there.words()));
            }
        }
        return differences;
    }

    private long since(String what, long now) {
        return since.computeIfAbsent(what, first -> now);
    }

    private static String reason(RuntimeException failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    @Override
    public void close() {
        worker.shutdownNow();
        try {
            worker.awaitTermination(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        peers.close();
    }
}
