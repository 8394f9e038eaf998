package dev.moa.registry.probe;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.Refusal;
import dev.moa.registry.RegistryMetrics;
import dev.moa.registry.Rounds;
import dev.moa.registry.catalog.Instance;
import dev.moa.registry.catalog.InstanceChange;
import dev.moa.registry.catalog.InstanceId;
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
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
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
 * the others by rendezvous hashing. An instance that fails is retried at once; before the last failure that it takes
 * for a verdict, the other live registries are asked to look too. If most of all cannot reach it, and this registry
 * does not suspect its own network, the instance is listed as DOWN, by an override that says why. It comes back by
 * itself when it answers again, not before the hold-down. A verdict never removes.
 *
 * <p><b>How soon.</b> With the usual settings a stopped process meets its next probe after at most 1.2 s (an interval
 * of 1.1 s with its jitter, and a round). From there: 0.2 s until the first probe is given up, 0.05 to 0.15 s, 0.2 s for
 * the second, after which the others are asked; they find the question within 0.1 s and look for 0.4 s, while the third
 * probe here waits 0.4 s too. In all at most 2.4 s, 1.7 s on the average. Who answers within 0.9 s of the first probe that
 * failed stays in, so pauses up to that take nobody out.
 *
 * <p><b>How surely.</b> Where each probe gets lost with a chance of p, a verdict about one who lives takes three losses
 * in a row here and one at each of half of the others: p⁴ with two registries, 2p⁴ with three; a registry alone wants
 * four in a row, p⁴ too. With p of 1 %, 60 instances probed once a second for ten minutes (36,000 times three losses at
 * 10⁻⁸) are taken out wrongly once in 2,700 such spells, and at the most that a registry probes, 500 a second, once
 * in 300.
 *
 * <p>One thread decides and asks Redis; the probe threads only probe and take notes.
 */
public final class Prober implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(Prober.class);
    private static final long ROUND_MS = 25;
    private static final Duration SWEEP = Duration.ofMillis(100);
    private static final Duration REFRESH = Duration.ofSeconds(1);
    private static final Duration VERDICTS = Duration.ofSeconds(5);
    private static final Duration LONGEST_VOTE = Duration.ofSeconds(2);
    // for its next probe here: where many are suspected at once they wait for a thread
    private static final Duration LONGEST_DOUBT = Duration.ofSeconds(10);
    private static final int CORRELATED = 4;
    // those that do not answer hold up whoever asks, so each suspect's verdict takes the last word of a moment ago
    private static final Duration CANARIES_HOLD = Duration.ofSeconds(1);

    private final RedisCatalog catalog;
    private final RedisStore store;
    private final Holds holds;
    private final Replicas replicas;
    private final Votes votes;
    private final Verdicts verdicts;
    private final KindProbes probes;
    private final ProbeThreads threads;
    private final ProberProperties settings;
    private final RegistryMetrics metrics;
    private final Clock clock;

    private final Map<Lease, Watched> watched = new ConcurrentHashMap<>();
    private final Rounds rounds = new Rounds("registry-prober-1", Duration.ofMillis(ROUND_MS), this::round);

    private final Queue<Watched> suspected = new ConcurrentLinkedQueue<>();

    // of the prober's thread
    private final Set<Watched> suspects = new HashSet<>();
    private final Map<ServiceName, Map<String, Instance>> external = new HashMap<>();
    private long refreshedNanos;
    private long sweptNanos;
    private long verdictsNanos;
    private long canariesNanos;
    private @Nullable String lostCanaries;

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
        this.verdicts = new Verdicts(catalog, watched, clock);
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
        if (now - verdictsNanos > VERDICTS.toNanos()) {
            verdictsNanos = now;
            verdicts.compare();
        }
        if (now - sweptNanos >= SWEEP.toNanos()) {
            sweptNanos = now;
            watched.values().forEach(each -> probeIfDue(each, now));
            if (replicas.live().size() > 1) {
                votes.open(now).forEach(this::vote);
            }
        }
        for (Watched each = suspected.poll(); each != null; each = suspected.poll()) {
            suspect(each);
        }
        suspects.forEach(each -> probeIfDue(each, now));
        suspects.removeIf(this::isDecided);
    }

    private void probeIfDue(Watched each, long now) {
        if (each.take(now)) {
            probe(each);
        }
    }

    /** Finds who is to be probed. */
    private void refresh() {
        Map<Lease, Watched> wanted = new HashMap<>();
        Set<ServiceName> unreadable = new HashSet<>();
        for (Lease lease : holds.leases()) {
            ServiceName service = lease.id().service();
            if (!unreadable.contains(service) && !Rounds.isDone(service, () -> refresh(lease, wanted))) {
                unreadable.add(service);
            }
        }
        for (ServiceName service : catalog.probedServices()) {
            if (!unreadable.contains(service) && !Rounds.isDone(service, () -> refresh(service, wanted))) {
                unreadable.add(service);
            }
        }
        // theirs are probed as before
        watched.forEach((lease, each) -> {
            if (unreadable.contains(lease.id().service())) {
                wanted.putIfAbsent(lease, each);
            }
        });
        external.keySet().retainAll(catalog.probedServices());
        Set<Lease> gone = new HashSet<>(watched.keySet());
        gone.removeAll(wanted.keySet());
        watched.putAll(wanted);
        gone.forEach(watched::remove);
    }

    private void refresh(Lease lease, Map<Lease, Watched> wanted) {
        Watched known = watched.get(lease);
        if (known == null || known.askingFor() != null || known.isFailing() || known.isOut()) {
            Instance instance = catalog.find(lease.id());
            if (instance == null || instance.incarnation() != lease.incarnation()) {
                return;
            }
            known = watch(known, instance, instance.probe() != null);
        }
        if (known != null) {
            wanted.put(lease, known);
        }
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
            for (Instance lost : lost(service, before, now)) {
                catalog.register(lost.registration());
                now.put(lost.id(), lost);
                log.warn("{} of {} is registered again: Redis lost it", lost.id(), service);
            }
        }
        external.put(service, now);
        catalog.probed(service, any || !now.isEmpty());
    }

    /** Returns who was there before, is not now, and was not removed. */
    private List<Instance> lost(ServiceName service, Map<String, Instance> before, Map<String, Instance> now) {
        List<Instance> lost = new ArrayList<>(before.values());
        lost.removeIf(each -> now.containsKey(each.id()));
        if (!lost.isEmpty()) {
            for (InstanceChange change :
                    catalog.changes(service, 0, Integer.MAX_VALUE).changes()) {
                lost.removeIf(each -> change.type() == InstanceChange.Type.REMOVED
                        && change.id().equals(each.id())
                        && change.incarnation() >= each.incarnation());
            }
        }
        return lost;
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
                long started = System.nanoTime();
                Finding finding = probes.look(
                        each.spec(),
                        instance.host(),
                        instance.port(),
                        instance.speaksTls(),
                        each.patience(settings, needed()));
                metrics.probe(finding.alive() ? "alive" : finding.refused() ? "refused" : "failed");
                switch (each.note(finding, Duration.ofNanos(System.nanoTime() - started), settings, pause())) {
                    case BRING_BACK -> bringBack(each);
                    case ASK -> suspected.add(each);
                    case GO_ON -> {
                        // its next turn comes
                    }
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
            verdicts.lift(lease);
            each.broughtBack();
            log.info("{} of {} can be reached again: {}", lease.id(), lease.id().service(), each.words());
        } catch (Refusal away) {
            log.debug("{} comes back later: {}", lease.id(), away.getMessage());
        }
    }

    /** Returns how many failures in a row make a verdict: where nobody else votes, one more. */
    private int needed() {
        return settings.failures() + (replicas.live().size() == 1 ? 1 : 0);
    }

    private void suspect(Watched each) {
        String veto = massFailure();
        if (veto != null) {
            veto(each, veto);
            return;
        }
        suspects.add(each);
        if (replicas.live().size() > 1) {
            votes.ask(each.lease(), each.instance(), each.spec(), clock.millis());
        }
    }

    /** Returns whether a suspect is one no more. */
    private boolean isDecided(Watched each) {
        Duration asking = each.askingFor();
        Lease lease = each.lease();
        // null: it has answered meanwhile
        if (asking != null && !decide(each, lease, asking)) {
            return false;
        }
        votes.close(lease);
        return true;
    }

    private boolean decide(Watched each, Lease lease, Duration asking) {
        int live = replicas.live().size();
        boolean failed = each.hasFailed(needed());
        if (live == 1 && failed) {
            takeOut(each, lease, "%d failures in a row".formatted(needed()));
            return true;
        }
        Votes.Count count = votes.count(lease);
        int failing = (failed ? 1 : 0) + (count == null ? 0 : count.failing());
        int reaching = count == null ? 0 : count.reaching();
        if (failed && 2 * failing > live) {
            takeOut(each, lease, "%d of %d registries cannot reach it".formatted(failing, live));
            return true;
        }
        boolean outvoted = live > 1 && 2 * reaching >= live;
        Duration longest = failed ? LONGEST_VOTE : LONGEST_DOUBT.plus(settings.timeout());
        if (outvoted || asking.compareTo(longest) > 0) {
            each.spared(
                    "%s; but %d of %d registries reach it, %d do not".formatted(each.words(), reaching, live, failing));
            metrics.verdict("outvoted");
            return true;
        }
        return false;
    }

    private void veto(Watched each, String why) {
        each.vetoed(why);
        metrics.verdict("vetoed");
    }

    private void takeOut(Watched each, Lease lease, String how) {
        String veto = massFailure();
        veto = veto == null ? lostCanaries() : veto;
        if (veto != null) {
            veto(each, veto);
            return;
        }
        Instance now = catalog.find(lease.id());
        if (now == null || now.incarnation() != lease.incarnation() || now.status() != InstanceStatus.UP) {
            each.spared("it leaves, or has left");
            return;
        }
        String reason = "%s probe: %s; %s"
                .formatted(each.spec().kind().name().toLowerCase(java.util.Locale.ROOT), each.words(), how);
        verdicts.put(lease, reason);
        each.tookOut();
        metrics.verdict("out");
        log.info("{} of {} is taken out: {}", lease.id(), lease.id().service(), reason);
    }

    /** Returns why so many failures say more of this registry's network than of the instances; null if they are few. */
    private @Nullable String massFailure() {
        long failing = watched.values().stream().filter(Watched::isFailing).count();
        if (failing >= CORRELATED && failing > settings.share() * watched.size()) {
            return "%d of %d probes fail from here: this registry suspects its own network"
                    .formatted(failing, watched.size());
        }
        return null;
    }

    /** Returns why this registry does not trust its own network: no canary can be reached; null if it does. */
    private @Nullable String lostCanaries() {
        if (settings.canaries().isEmpty()) {
            return null;
        }
        long now = System.nanoTime();
        if (canariesNanos == 0 || now - canariesNanos > CANARIES_HOLD.toNanos()) {
            lostCanaries = askCanaries();
            canariesNanos = System.nanoTime();
        }
        return lostCanaries;
    }

    private @Nullable String askCanaries() {
        for (String canary : settings.canaries()) {
            URI address = URI.create("tcp://" + canary);
            Finding found = probes.look(
                    new ProbeSpec(ProbeSpec.Kind.TCP, null),
                    address.getHost(),
                    address.getPort(),
                    false,
                    settings.timeout());
            if (found.alive() || found.refused()) {
                return null;
            }
        }
        return "no canary of %s can be reached from here".formatted(settings.canaries());
    }

    private void vote(Votes.Question question) {
        try {
            threads.execute(() -> {
                Finding finding = probes.look(
                        question.spec(), question.host(), question.port(), question.speaksTls(), settings.timeout());
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
