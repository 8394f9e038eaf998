package dev.moa.benchmarks.balance;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Dubbo 3.3's {@code adaptive}, written anew from what its classes AdaptiveLoadBalance, AdaptiveMetrics and
 * AdaptiveLoadBalanceFilter do. They themselves cannot run here: 3.3.6 calls {@code System.currentTimeMillis} in its
 * picks, its loads and its filter, with no clock to hand in, and a simulation has none but its own; and it draws from
 * ThreadLocalRandom, which no seed repeats. Two random nodes, the one with less
 * {@code load × (√latency + 1) × (in flight + 1) ÷ (answered ÷ asked × weight + 1)}; a node that was not picked for two
 * timeouts counts as idle. Kept as it is: a look at a node whose last news is an answer replaces the latency by
 * two timeouts (reported as apache/dubbo#15810), and the success share never forgets. Around it
 * {@code failover} with its default of two retries, each at a node that was not tried.
 */
final class AdaptiveCaller implements SimulatedCaller {

    private static final int TIMEOUT_MS = 1_000;
    private static final int WEIGHT = 100;
    private static final int RETRIES = 2;
    /** What every node reports of its processor; the same for all, so it decides nothing. */
    private static final double CPU_LOAD = 0.3;

    private static final class Metrics {
        private long answeredAt;
        private long lookedAt;
        private long pickedAt;
        private double cpuLoad;
        private long latency;
        private double average;
        private long asked;
        private long succeeded;
        private long failed;
    }

    private final LongSupplier nanoClock;
    private final RandomGenerator random;
    private final List<Metrics> nodes = new ArrayList<>();

    AdaptiveCaller(int count, LongSupplier nanoClock, RandomGenerator random) {
        this.nanoClock = nanoClock;
        this.random = random;
        for (int i = 0; i < count; i++) {
            added();
        }
    }

    @Override
    public String name() {
        return "Dubbo 3.3 adaptive";
    }

    @Override
    public void called() {}

    @Override
    public int choose(List<Integer> tried) {
        List<Integer> candidates = new ArrayList<>(nodes.size());
        for (int i = 0; i < nodes.size(); i++) {
            if (!tried.contains(i)) {
                candidates.add(i);
            }
        }
        int size = candidates.size();
        if (size == 1) {
            return candidates.get(0);
        }
        int one = random.nextInt(size);
        int other = random.nextInt(size - 1);
        other = other >= one ? other + 1 : other;
        double loadOfOne = load(nodes.get(candidates.get(one)));
        double loadOfOther = load(nodes.get(candidates.get(other)));
        if (loadOfOne == loadOfOther) {
            return candidates.get(random.nextBoolean() ? one : other);
        }
        return candidates.get(loadOfOne > loadOfOther ? other : one);
    }

    private double load(Metrics node) {
        long now = nowMs();
        if (now - node.pickedAt > TIMEOUT_MS * 2) {
            return 0;
        }
        if (node.lookedAt > 0) {
            long silentTimeouts = (now - node.lookedAt) / TIMEOUT_MS + 1;
            node.latency = node.answeredAt == node.lookedAt ? TIMEOUT_MS * 2L : node.latency >> silentTimeouts;
            node.average = (node.average + node.latency) / 2;
            node.lookedAt = now;
        }
        long inFlight = node.asked - node.succeeded - node.failed;
        double success = node.succeeded / (double) (node.asked + 1);
        return node.cpuLoad * (Math.sqrt(node.average) + 1) * (inFlight + 1) / (success * WEIGHT + 1);
    }

    @Override
    public void began(int node) {
        Metrics metrics = nodes.get(node);
        metrics.asked++;
        metrics.pickedAt = nowMs();
    }

    @Override
    public void ended(int node, End end, long tookNanos) {
        Metrics metrics = nodes.get(node);
        if (end != End.ANSWERED) {
            metrics.failed++;
            return;
        }
        metrics.succeeded++;
        metrics.answeredAt = nowMs();
        metrics.lookedAt = metrics.answeredAt;
        metrics.cpuLoad = CPU_LOAD;
        metrics.latency = TimeUnit.NANOSECONDS.toMillis(tookNanos);
        metrics.average = (metrics.average + metrics.latency) / 2;
    }

    @Override
    public boolean mayRetry(int attempts) {
        return attempts <= RETRIES;
    }

    @Override
    public void added() {
        Metrics metrics = new Metrics();
        metrics.pickedAt = nowMs();
        nodes.add(metrics);
    }

    private long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(nanoClock.getAsLong());
    }
}
