package dev.moa.router.chain;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.ServiceName;
import dev.moa.router.address.Instance;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries another order of the sources, and overrides of instances, on the lookups that really come, before they take
 * effect: asks both, compares which instances can be called and how they are described, and keeps how they differ.
 *
 * <p>It works beside the lookups, on one thread named {@code router-shadow-1}: each service at most once a second, and
 * what does not fit into the queue is not compared. A difference is looked at a second time, a little later, before it
 * counts, because the two chains are asked one after the other and the service may have changed in between.
 */
public final class Shadow implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Shadow.class);

    /** The source whose answers are an operator's own. */
    private static final String PINNED = "pinned";

    private static final int MAX_QUEUED = 1_000;
    private static final int MAX_SERVICES = 50_000;
    private static final int MAX_DIVERGENCES = 100;
    private static final int MAX_ADDRESSES = 20;
    private static final long EVERY_MS = 1_000;
    private static final Duration MAX_LOOKUP = Duration.ofSeconds(1);

    private final Lookup lookup;
    private final Switches switches;
    private final Clock clock;
    private final Map<ServiceName, Long> comparedAtMs = new ConcurrentHashMap<>();
    private final AtomicLong compared = new AtomicLong();
    private final AtomicLong different = new AtomicLong();
    // by service, the latest last; guarded by itself
    private final Map<String, Divergence> divergences = new LinkedHashMap<>();
    private volatile Switches.@Nullable Candidate current;
    private final ThreadPoolExecutor worker =
            new ThreadPoolExecutor(1, 1, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_QUEUED), work -> {
                Thread thread = new Thread(work, "router-shadow-1");
                thread.setDaemon(true);
                return thread;
            });

    /**
     * One answer that would be another.
     *
     * @param atMs when it was seen last
     * @param answeredBy the source that answers, or none
     * @param wouldBe the source that would answer, or none
     * @param callable how many instances can be called now
     * @param wouldBeCallable how many could be called then
     * @param missing addresses that callers would lose, the first few
     * @param extra addresses that callers would get in addition, the first few
     * @param why what explains it, in words for people
     */
    public record Divergence(
            String service,
            long atMs,
            String answeredBy,
            String wouldBe,
            int callable,
            int wouldBeCallable,
            List<String> missing,
            List<String> extra,
            String why) {

        private boolean emptied() {
            return callable > 0 && wouldBeCallable == 0;
        }
    }

    /**
     * What another order would answer now, for all services at once.
     *
     * @param services how many there are
     * @param compared how many of them were looked at before the time was over
     * @param different how many of these would be answered otherwise
     * @param emptied how many would have nobody left to call
     * @param divergences those that would be others, those without anybody left first
     */
    public record Preview(int services, int compared, int different, int emptied, List<Divergence> divergences) {}

    public Shadow(Lookup lookup, Switches switches, Clock clock) {
        this.lookup = lookup;
        this.switches = switches;
        this.clock = clock;
        worker.allowCoreThreadTimeOut(true);
        switches.onChange(this::follow);
    }

    /** Returns how many answers were compared since the candidate was named. */
    public long compared() {
        return compared.get();
    }

    /** Returns how many of these differed. */
    public long different() {
        return different.get();
    }

    /** Returns the last divergence of each service, the newest first. */
    public List<Divergence> divergences() {
        synchronized (divergences) {
            List<Divergence> latest = new ArrayList<>(divergences.values());
            Collections.reverse(latest);
            return latest;
        }
    }

    /** Compares what these sources would answer, in this order, with what is answered now; returns by the deadline. */
    public Preview preview(List<String> order, Collection<ServiceName> services, Deadline deadline) {
        int compared = 0;
        List<Divergence> found = new ArrayList<>();
        for (ServiceName service : services) {
            if (deadline.hasPassed()) {
                break;
            }
            Divergence divergence =
                    divergence(service, answer(service, deadline), () -> tryOut(order, service, deadline), deadline);
            compared++;
            if (divergence != null) {
                found.add(divergence);
            }
        }
        found.sort(Comparator.comparing((Divergence each) -> !each.emptied()).thenComparing(Divergence::service));
        int emptied = (int) found.stream().filter(Divergence::emptied).count();
        return new Preview(
                services.size(),
                compared,
                found.size(),
                emptied,
                found.stream().limit(MAX_DIVERGENCES).toList());
    }

    private void follow() {
        Switches.Candidate candidate = switches.candidate();
        Switches.Candidate before = current;
        if (candidate == null ? before == null : candidate.equals(before)) {
            return;
        }
        current = candidate;
        compared.set(0);
        different.set(0);
        comparedAtMs.clear();
        synchronized (divergences) {
            divergences.clear();
        }
        lookup.witness(candidate == null ? null : this::see);
    }

    private void see(ServiceName service, LookupAnswer answer) {
        long now = clock.millis();
        Long last = comparedAtMs.get(service);
        if (last != null && now - last < EVERY_MS) {
            return;
        }
        if (comparedAtMs.size() >= MAX_SERVICES) {
            comparedAtMs.clear();
        }
        comparedAtMs.put(service, now);
        try {
            worker.execute(() -> compare(service, answer));
        } catch (RejectedExecutionException e) {
            // more than it can compare, or closed
        }
    }

    private void compare(ServiceName service, LookupAnswer first) {
        Switches.Candidate candidate = current;
        if (candidate == null) {
            return;
        }
        try {
            Deadline deadline = Deadline.after(MAX_LOOKUP);
            Divergence divergence = divergence(service, first, () -> tryOut(candidate, service, deadline), deadline);
            compared.incrementAndGet();
            if (divergence != null) {
                different.incrementAndGet();
                keep(divergence);
            }
        } catch (RuntimeException e) {
            log.warn("{} could not be compared", service, e);
        }
    }

    private void keep(Divergence divergence) {
        synchronized (divergences) {
            divergences.remove(divergence.service());
            if (divergences.size() >= MAX_DIVERGENCES) {
                divergences.remove(divergences.keySet().iterator().next());
            }
            divergences.put(divergence.service(), divergence);
        }
    }

    /** Returns how the answers differ, if they still do when both are asked again; null if they do not. */
    private @Nullable Divergence divergence(
            ServiceName service, LookupAnswer first, Supplier<LookupAnswer> other, Deadline deadline) {
        return difference(service, first, other.get()) == null
                ? null
                : difference(service, answer(service, deadline), other.get());
    }

    private LookupAnswer answer(ServiceName service, Deadline deadline) {
        return Lookup.ask(lookup.sources(), switches::isOn, (name, finding) -> {}, service, deadline);
    }

    private LookupAnswer tryOut(Switches.Candidate candidate, ServiceName service, Deadline deadline) {
        return TriedOverride.apply(candidate.overrides(), tryOut(candidate.order(), service, deadline));
    }

    private LookupAnswer tryOut(List<String> order, ServiceName service, Deadline deadline) {
        return Lookup.ask(lookup.named(order), name -> true, (name, finding) -> {}, service, deadline);
    }

    private @Nullable Divergence difference(ServiceName service, LookupAnswer real, LookupAnswer other) {
        Map<String, Instance> have = callable(real);
        Map<String, Instance> would = callable(other);
        List<String> missing = new ArrayList<>();
        List<String> extra = new ArrayList<>();
        List<String> changed = new ArrayList<>();
        have.forEach((address, instance) -> {
            Instance there = would.get(address);
            if (there == null) {
                missing.add(address);
            } else if (!there.equals(instance)) {
                changed.add(address);
            }
        });
        would.keySet().stream().filter(address -> !have.containsKey(address)).forEach(extra::add);
        boolean bothSayTheSame = real.getClass() == other.getClass();
        if (bothSayTheSame && missing.isEmpty() && extra.isEmpty() && changed.isEmpty()) {
            return null;
        }
        return new Divergence(
                service.value(),
                clock.millis(),
                source(real),
                source(other),
                have.size(),
                would.size(),
                first(missing),
                first(extra),
                why(real, other, changed));
    }

    private static String why(LookupAnswer real, LookupAnswer other, List<String> changed) {
        if (!(other instanceof LookupAnswer.Found theirs)) {
            return other instanceof LookupAnswer.Undecided undecided
                    ? "nobody in the other order can say: " + undecided.message()
                    : "nobody in the other order knows the service";
        }
        if (!(real instanceof LookupAnswer.Found ours)) {
            return "only the other order knows the service, from " + theirs.source();
        }
        if (!ours.stamp().epoch().equals(theirs.stamp().epoch())) {
            return ours.source().equals(PINNED) || theirs.source().equals(PINNED)
                    ? "an operator has pinned it: %s answers, %s would".formatted(ours.source(), theirs.source())
                    : "another store, or none: epoch %s is %s there"
                            .formatted(ours.stamp().epoch(), theirs.stamp().epoch());
        }
        if (ours.stamp().revision() != theirs.stamp().revision()) {
            return "%s has revision %d, %s has %d"
                    .formatted(
                            ours.source(),
                            ours.stamp().revision(),
                            theirs.source(),
                            theirs.stamp().revision());
        }
        return changed.isEmpty()
                ? "the same revision with other instances: held ones, an operator's word, or an override that is tried"
                : "the same revision, these are described otherwise: " + first(changed);
    }

    private static List<String> first(List<String> addresses) {
        return addresses.stream().limit(MAX_ADDRESSES).toList();
    }

    private static String source(LookupAnswer answer) {
        return answer instanceof LookupAnswer.Found found ? found.source() : "none";
    }

    private static Map<String, Instance> callable(LookupAnswer answer) {
        Map<String, Instance> byAddress = new TreeMap<>();
        if (answer instanceof LookupAnswer.Found found) {
            found.view().instances().stream()
                    .filter(Instance::isCallable)
                    .forEach(instance -> byAddress.put(instance.address(), instance));
        }
        return byAddress;
    }

    @Override
    public void close() {
        lookup.witness(null);
        worker.shutdownNow();
    }
}
