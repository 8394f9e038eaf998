package dev.moa.router.peers;

import dev.moa.protocol.ServiceName;
import dev.moa.router.address.Instance;
import dev.moa.router.address.InstanceStatus;
import dev.moa.router.chain.Lookup;
import dev.moa.router.chain.LookupAnswer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
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
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
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
    private static final ServiceName LOOKUP = ServiceName.of("/service/lookup");
    private static final int MAX_PEERS = 50;
    private static final int MAX_DIFFERENCES = 20;
    private static final long A_MOMENT_MS = 300;

    private final Lookup lookup;
    private final Digests digests;
    private final @Nullable String token;
    private final Duration interval;
    private final Clock clock;
    private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "router-peers-1");
        thread.setDaemon(true);
        return thread;
    });
    private volatile Comparison last = new Comparison(0, true, "not compared yet", List.of());

    // of the worker
    private final Map<String, Peer> peers = new HashMap<>();
    private final Map<String, Long> since = new HashMap<>();
    private boolean agreed = true;

    public Peers(Lookup lookup, Digests digests, @Nullable String token, Duration interval, Clock clock) {
        this.lookup = lookup;
        this.digests = digests;
        this.token = token;
        this.interval = interval;
        this.clock = clock;
    }

    public void start() {
        worker.scheduleWithFixedDelay(this::round, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Returns how the routers compared last. */
    public Comparison comparison() {
        return last;
    }

    private void round() {
        try {
            last = compare();
            if (agreed != last.agree()) {
                agreed = last.agree();
                log.warn("routers: {}", last.says());
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failure) {
            log.warn("routers cannot be compared: {}; tried again", failure.toString());
        }
    }

    private Comparison compare() throws InterruptedException {
        long now = clock.millis();
        Map<String, CompletableFuture<Peer.Total>> asked = new LinkedHashMap<>();
        registered().forEach((address, peer) -> asked.put(address, peer.total()));
        Map<String, Digests.Digest> mine = digests.all();
        Comparison.Router self = router("this router", digests.router(), Digests.total(mine.values()), mine.size());
        List<Comparison.Router> others = new ArrayList<>();
        Set<String> wrong = new HashSet<>();
        for (Map.Entry<String, CompletableFuture<Peer.Total>> each : asked.entrySet()) {
            String address = each.getKey();
            try {
                Peer.Total total = each.getValue().join();
                if (total.router().equals(digests.router())) {
                    self = router(address, self.router(), self.digest(), self.services());
                } else {
                    others.add(describe(address, total, Objects.requireNonNull(self.digest()), now, wrong));
                }
            } catch (RuntimeException silent) {
                wrong.add(address);
                others.add(new Comparison.Router(
                        address, null, false, null, 0, false, since(address, now), reason(silent), List.of()));
            }
        }
        since.keySet().retainAll(wrong);
        List<Comparison.Router> all = new ArrayList<>(List.of(self));
        all.addAll(others);
        return Verdict.of(now, all);
    }

    private static Comparison.Router router(
            String address, @Nullable String router, @Nullable String digest, int services) {
        return new Comparison.Router(address, router, true, digest, services, false, 0, null, List.of());
    }

    private Comparison.Router describe(String address, Peer.Total total, String mine, long now, Set<String> wrong)
            throws InterruptedException {
        Map<String, Comparison.Difference> differences = Map.of();
        if (!total.digest().equals(mine)) {
            Peer peer = Objects.requireNonNull(peers.get(address));
            differences = differences(address, peer.each(), now);
            if (!differences.isEmpty()) {
                Thread.sleep(A_MOMENT_MS);
                Map<String, Comparison.Difference> still = differences(address, peer.each(), now);
                still.keySet().retainAll(differences.keySet());
                differences = still;
            }
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

    private Map<String, Comparison.Difference> differences(
            String address, Map<String, Digests.Digest> theirs, long now) {
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

    private Map<String, Peer> registered() {
        LookupAnswer.Found found = lookup.peek(LOOKUP);
        Map<String, Instance> there = found == null
                ? Map.of()
                : found.view().instances().stream()
                        .filter(instance -> instance.status() != InstanceStatus.DOWN)
                        .limit(MAX_PEERS)
                        .collect(Collectors.toMap(Instance::address, each -> each, (first, second) -> first));
        peers.entrySet().removeIf(known -> {
            boolean isGone = !there.containsKey(known.getKey());
            if (isGone) {
                known.getValue().close();
            }
            return isGone;
        });
        there.forEach((address, instance) ->
                peers.computeIfAbsent(address, fresh -> new Peer(instance.host(), instance.port(), token)));
        return Collections.unmodifiableMap(new TreeMap<>(peers));
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
        peers.values().forEach(Peer::close);
    }
}
