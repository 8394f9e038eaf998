package dev.moa.registry.probe;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.Refusal;
import dev.moa.registry.RegistryMetrics;
import dev.moa.registry.Rounds;
import dev.moa.registry.catalog.ChangeReason;
import dev.moa.registry.catalog.Instance;
import dev.moa.registry.catalog.InstanceId;
import dev.moa.registry.catalog.InstanceOverride;
import dev.moa.registry.catalog.InstanceStatus;
import dev.moa.registry.catalog.Lease;
import dev.moa.registry.catalog.ProbeSpec;
import dev.moa.registry.catalog.RedisCatalog;
import dev.moa.registry.replica.Replicas;
import dev.moa.registry.store.RedisStore;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Looks whether instances can be reached. A lease says that a process lives; a probe says that it can be called.
 *
 * <p>Registries share the instances out; whose process holds a connection is probed by the registry that it holds,
 * the others by rendezvous hashing. After some failures in a row the registry asks itself whether its own network is
 * well, then the other live registries; if most of all cannot reach the instance it is listed as DOWN, by an override
 * that says why. It comes back by itself when it answers again, not before the hold-down. A verdict never removes.
 *
 * <p>One thread decides and asks Redis; the probe threads only probe and take notes.
 */
public final class Prober implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(Prober.class);
    private static final long ROUND_MS = 100;
    private static final Duration REFRESH = Duration.ofSeconds(1);
    private static final Duration LONGEST_VOTE = Duration.ofSeconds(2);
    private static final int CORRELATED = 4;

    private final RedisCatalog catalog;
    private final RedisStore store;
    private final Holds holds;
    private final Replicas replicas;
    private final Votes votes;
    private final KindProbes probes;
    private final ProbeThreads threads;
    private final ProberProperties settings;
    private final RegistryMetrics metrics;
    private final Clock clock;

    private final Map<Lease, Watched> watched = new ConcurrentHashMap<>();
    private final Rounds rounds = new Rounds("registry-prober-1", Duration.ofMillis(ROUND_MS), this::round);

    // of the prober's thread
    private final Map<ServiceName, Map<String, Instance>> external = new HashMap<>();
    private long refreshedNanos;
    private long votedNanos;

    Prober(
            RedisCatalog catalog,
            RedisStore store,
            Holds holds,
            Replicas replicas,
            KindProbes probes,
            ProbeThreads threads,
            ProberProperties settings,
            RegistryMetrics metrics,
            Clock clock) {
        this.catalog = catalog;
        this.store = store;
        this.holds = holds;
        this.replicas = replicas;
        this.votes = new Votes(store, replicas);
        this.probes = probes;
        this.threads = threads;
        this.settings = settings;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** An instance under probes, for people. */
    public record Seen(String id, String address, ProbeSpec probe, String state, String words) {}

    /** Returns the instances of a service that this registry probes. */
    public List<Seen> seen(ServiceName service) {
        List<Seen> seen = new ArrayList<>();
        watched.forEach((lease, each) -> {
            if (lease.id().service().equals(service)) {
                Instance instance = each.instance();
                String address = instance.host() + ":" + instance.port();
                seen.add(new Seen(instance.id(), address, each.spec(), each.state(), each.words()));
            }
        });
        seen.sort(java.util.Comparator.comparing(Seen::id));
        return seen;
    }

    int size() {
        return watched.size();
    }

    @Override
    public void start() {
        if (settings.enabled()) {
            rounds.start();
        }
    }

    @Override
    public void stop() {
        rounds.stop();
    }

    @Override
    public boolean isRunning() {
        return rounds.isRunning();
    }

    private void round() {
        long now = System.nanoTime();
        if (now - refreshedNanos > REFRESH.toNanos()) {
            refreshedNanos = now;
            refresh();
        }
        for (Watched each : watched.values()) {
            decide(each);
            if (each.take(now)) {
                probe(each);
            }
        }
        if (replicas.live().size() > 1 && now - votedNanos > 3 * ROUND_MS * 1_000_000) {
            votedNanos = now;
            votes.open(clock.millis()).forEach(this::vote);
        }
    }

    /** Finds who is to be probed. */
    private void refresh() {
        Map<Lease, Watched> wanted = new HashMap<>();
        for (Lease lease : holds.leases()) {
            Watched known = watched.get(lease);
            if (known == null || known.askingFor() != null || known.isFailing() || known.isOut()) {
                Instance instance = catalog.find(lease.id());
                if (instance == null || instance.incarnation() != lease.incarnation()) {
                    continue;
                }
                known = watch(known, instance, instance.probe() != null);
            }
            if (known != null) {
                wanted.put(lease, known);
            }
        }
        for (ServiceName service : catalog.probedServices()) {
            refresh(service, wanted);
        }
        external.keySet().retainAll(catalog.probedServices());
        Set<Lease> gone = new HashSet<>(watched.keySet());
        gone.removeAll(wanted.keySet());
        watched.putAll(wanted);
        gone.forEach(watched::remove);
    }

    private void refresh(ServiceName service, Map<Lease, Watched> wanted) {
        Map<String, Instance> before = external.getOrDefault(service, Map.of());
        Map<String, Instance> now = new HashMap<>();
        boolean any = false;
        for (Instance instance : catalog.snapshot(service).instances()) {
            if (instance.probe() == null) {
                continue;
            }
            any = true;
            if (instance.ttlSeconds() == null) {
                now.put(instance.id(), instance);
            }
            Lease lease = new Lease(InstanceId.parse(instance.id()), instance.incarnation());
            if (!wanted.containsKey(lease) && replicas.isMine(instance.id())) {
                Watched each = watch(watched.get(lease), instance, true);
                if (each != null) {
                    wanted.put(lease, each);
                }
            }
        }
        if (catalog.isRebuilding(service)) {
            // nobody but the registry remembers those who were registered without a lease
            before.forEach((id, lost) -> {
                if (!now.containsKey(id)) {
                    catalog.register(lost.registration());
                    now.put(id, lost);
                    log.warn("{} of {} is registered again: Redis lost it", id, service);
                }
            });
        }
        external.put(service, now);
        catalog.probed(service, any || !now.isEmpty());
    }

    private static @Nullable Watched watch(@Nullable Watched known, Instance instance, boolean asked) {
        ProbeSpec spec = Watched.specOf(instance);
        if (spec == null) {
            return null;
        }
        if (known == null || !known.spec().equals(spec)) {
            return new Watched(instance, spec, asked);
        }
        known.update(instance);
        return known;
    }

    private void probe(Watched each) {
        try {
            threads.execute(() -> {
                Instance instance = each.instance();
                Finding finding = probes.look(each.spec(), instance.host(), instance.port(), settings.timeout());
                metrics.probe(finding.alive() ? "alive" : finding.refused() ? "refused" : "failed");
                if (each.note(finding, settings, pause()) == Watched.Step.BRING_BACK) {
                    bringBack(each);
                }
            });
        } catch (RejectedExecutionException full) {
            each.giveBack(pause());
        }
    }

    /** Returns the time to the next probe, so that all together keep to the rate, with jitter. */
    private Duration pause() {
        long fairMs = Math.max(settings.interval().toMillis(), 1_000L * watched.size() / settings.perSecond());
        return Duration.ofMillis(fairMs * 9 / 10 + ThreadLocalRandom.current().nextLong(fairMs / 5 + 1));
    }

    private void bringBack(Watched each) {
        Lease lease = each.lease();
        try {
            catalog.lift(lease.id().service(), Watched.verdictId(lease.id()), ChangeReason.PROBE_RECOVERED);
            each.broughtBack();
            log.info("{} of {} can be reached again: {}", lease.id(), lease.id().service(), each.words());
        } catch (Refusal away) {
            log.debug("{} comes back later: {}", lease.id(), away.getMessage());
        }
    }

    private void decide(Watched each) {
        Duration asking = each.askingFor();
        if (asking == null) {
            return;
        }
        Lease lease = each.lease();
        String veto = asking.toMillis() <= ROUND_MS * 2 ? ownNetwork() : null;
        if (veto != null) {
            each.spared(veto);
            metrics.verdict("vetoed");
            votes.close(lease);
            return;
        }
        int live = replicas.live().size();
        if (live == 1) {
            takeOut(each, lease, "%d failures in a row".formatted(settings.failures()));
            return;
        }
        if (asking.toMillis() <= ROUND_MS * 2) {
            votes.ask(lease, each.instance(), each.spec(), clock.millis());
        }
        Votes.Count count = votes.count(lease);
        int failing = 1 + (count == null ? 0 : count.failing());
        int reaching = count == null ? 0 : count.reaching();
        if (2 * failing > live) {
            takeOut(each, lease, "%d of %d registries cannot reach it".formatted(failing, live));
        } else if (2 * reaching >= live || asking.compareTo(LONGEST_VOTE) > 0) {
            each.spared(
                    "%s; but %d of %d registries reach it, %d do not".formatted(each.words(), reaching, live, failing));
            metrics.verdict("outvoted");
        } else {
            return;
        }
        votes.close(lease);
    }

    private void takeOut(Watched each, Lease lease, String how) {
        Instance now = catalog.find(lease.id());
        if (now == null || now.incarnation() != lease.incarnation() || now.status() != InstanceStatus.UP) {
            each.spared("it leaves, or has left");
            return;
        }
        String reason = "%s probe: %s; %s"
                .formatted(each.spec().kind().name().toLowerCase(java.util.Locale.ROOT), each.words(), how);
        catalog.put(
                new InstanceOverride(
                        Watched.verdictId(lease.id()),
                        lease.id().service().value(),
                        InstanceOverride.Kind.PROBE,
                        InstanceOverride.Scope.of(lease.id()),
                        lease.incarnation(),
                        new InstanceOverride.Effect(InstanceStatus.DOWN, null, null),
                        "prober",
                        reason,
                        clock.millis(),
                        null),
                ChangeReason.PROBE_FAILED);
        each.tookOut();
        metrics.verdict("out");
        log.info("{} of {} is taken out: {}", lease.id(), lease.id().service(), reason);
    }

    /** Returns why this registry does not trust its own network; null if it does. */
    private @Nullable String ownNetwork() {
        long failing = watched.values().stream().filter(Watched::isFailing).count();
        if (failing >= CORRELATED && failing > settings.share() * watched.size()) {
            return "%d of %d probes fail from here: this registry suspects its own network"
                    .formatted(failing, watched.size());
        }
        if (settings.canaries().isEmpty()) {
            return null;
        }
        for (String canary : settings.canaries()) {
            URI address = URI.create("tcp://" + canary);
            Finding found = probes.look(
                    new ProbeSpec(ProbeSpec.Kind.TCP, null), address.getHost(), address.getPort(), settings.timeout());
            if (found.alive() || found.refused()) {
                return null;
            }
        }
        return "no canary of %s can be reached from here".formatted(settings.canaries());
    }

    private void vote(Votes.Question question) {
        try {
            threads.execute(() -> {
                Finding finding = probes.look(question.spec(), question.host(), question.port(), settings.timeout());
                try {
                    votes.answer(question, finding.alive());
                } catch (Refusal away) {
                    log.debug("No vote: {}", away.getMessage());
                }
            });
        } catch (RejectedExecutionException full) {
            log.debug("No vote on {}: too many probes wait", question.key());
        }
    }
}
