package dev.moa.benchmarks.balance;

import dev.moa.benchmarks.balance.SimulatedCaller.End;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * One client, some nodes, and calls that come at random at a steady rate, on a clock that jumps from event to event: the
 * same seed gives the same run, on any machine, in a fraction of the time.
 */
public final class Simulation {

    /** Makes the client under test. */
    public interface CallerFactory {
        /** Returns a client of {@code nodes} nodes. */
        SimulatedCaller create(int nodes, LongSupplier nanoClock, RandomGenerator random);
    }

    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private record Event(long at, long number, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(number, other.number);
        }
    }

    /** A node: how long it takes, whether it fails, how many answers it needs to become fast. */
    private static final class Node {
        private long tookNanos;
        private boolean fails;
        private int coldAnswers;
        private int coldFactor = 1;
        private long attempts;

        private Node(long tookNanos) {
            this.tookNanos = tookNanos;
        }
    }

    /** No attempt. */
    private static final int NOBODY = -1;

    private final RandomGenerator random;
    private final SimulatedCaller caller;
    private final List<Node> nodes = new ArrayList<>();
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final double nanosBetweenCalls;
    private final long usualNanos;
    private long now = 1;
    private long number;
    private long calls;
    private long attempts;
    private long failedCalls;
    private final List<Long> latencies = new ArrayList<>();

    /**
     * @param count nodes at first
     * @param callsPerSecond calls that come
     * @param usual how long a node takes on average; each answer takes 0.5 to 1.5 of it
     */
    public Simulation(CallerFactory factory, int count, int callsPerSecond, Duration usual, long seed) {
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        this.nanosBetweenCalls = 1e9 / callsPerSecond;
        this.usualNanos = usual.toNanos();
        for (int i = 0; i < count; i++) {
            nodes.add(new Node(usualNanos));
        }
        this.caller = factory.create(
                count, () -> now, RandomGeneratorFactory.of("L64X128MixRandom").create(seed + 1));
        at(TICK_NANOS, this::tick);
        at(0, this::arrive);
    }

    /** Makes a node so many times slower than usual. */
    public void slow(int node, double factor) {
        nodes.get(node).tookNanos = (long) (usualNanos * factor);
        nodes.get(node).fails = false;
    }

    /** Makes a node fail after so long. */
    public void fail(int node, Duration after) {
        nodes.get(node).tookNanos = after.toNanos();
        nodes.get(node).fails = true;
    }

    /** Adds a node whose first answers take so many times longer. */
    public void addCold(int answers, int factor) {
        Node node = new Node(usualNanos);
        node.coldAnswers = answers;
        node.coldFactor = factor;
        nodes.add(node);
        caller.added();
    }

    /** Lets so much time pass, counting from zero. */
    public void run(Duration time) {
        calls = 0;
        attempts = 0;
        failedCalls = 0;
        latencies.clear();
        nodes.forEach(node -> node.attempts = 0);
        long end = now + time.toNanos();
        while (!events.isEmpty() && events.peek().at <= end) {
            Event next = events.poll();
            now = next.at;
            next.action.run();
        }
        now = end;
    }

    /** Returns the share of the attempts since the last start that a node got. */
    public double share(int node) {
        return attempts == 0 ? 0 : nodes.get(node).attempts / (double) attempts;
    }

    /** Returns the attempts beyond one per call, as a share of the calls. */
    public double extraLoad() {
        return calls == 0 ? 0 : attempts / (double) calls - 1;
    }

    /** Returns the share of calls that failed. */
    public double failures() {
        return calls == 0 ? 0 : failedCalls / (double) calls;
    }

    /** Returns what that share of the answered calls took at most, in milliseconds. */
    public double quantileMs(double quantile) {
        long[] sorted = latencies.stream().mapToLong(Long::longValue).sorted().toArray();
        return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1, quantile * sorted.length)] / 1e6;
    }

    /** Returns the client under test. */
    public SimulatedCaller caller() {
        return caller;
    }

    private void at(long afterNanos, Runnable action) {
        events.add(new Event(now + Math.max(0, afterNanos), number++, action));
    }

    private void tick() {
        caller.tick();
        at(TICK_NANOS, this::tick);
    }

    private void arrive() {
        at((long) (-Math.log(1 - random.nextDouble()) * nanosBetweenCalls), this::arrive);
        new SimulatedCall().begin();
    }

    /** A call and its attempts. */
    private final class SimulatedCall {
        private final long startedAt = now;
        private final List<Integer> tried = new ArrayList<>(1);
        private int made;
        private final boolean[] running = new boolean[8];
        private boolean done;

        private void begin() {
            calls++;
            caller.called();
            attempt();
            long hedgeAfter = caller.hedgeAfterNanos();
            if (hedgeAfter < DEADLINE_NANOS) {
                at(hedgeAfter, this::hedge);
            }
        }

        private void hedge() {
            if (!done && made == 1 && caller.mayHedge()) {
                attempt();
            }
        }

        private void attempt() {
            int index = made++;
            int node = caller.choose(tried);
            tried.add(node);
            running[index] = true;
            attempts++;
            Node target = nodes.get(node);
            target.attempts++;
            caller.began(node);
            long began = now;
            double usual = target.tookNanos * (target.coldAnswers > 0 ? target.coldFactor : 1);
            long takes = (long) (usual * (target.fails ? 1 : 0.5 + random.nextDouble()));
            long left = startedAt + DEADLINE_NANOS - now;
            End end = takes >= left ? End.TIMED_OUT : target.fails ? End.FAILED : End.ANSWERED;
            at(Math.min(takes, left), () -> {
                if (running[index]) {
                    target.coldAnswers = Math.max(0, target.coldAnswers - 1);
                    ended(index, node, end, now - began);
                }
            });
            begun[index] = began;
        }

        private final long[] begun = new long[8];

        private void ended(int index, int node, End end, long took) {
            running[index] = false;
            caller.ended(node, end, took);
            if (end == End.ANSWERED) {
                finish(index);
            } else if (!anyRuns()) {
                if (end == End.FAILED && made < running.length && caller.mayRetry(made)) {
                    attempt();
                } else {
                    finish(NOBODY);
                }
            }
        }

        private boolean anyRuns() {
            for (boolean each : running) {
                if (each) {
                    return true;
                }
            }
            return false;
        }

        private void finish(int winner) {
            done = true;
            if (winner != NOBODY) {
                latencies.add(now - startedAt);
            } else {
                failedCalls++;
            }
            for (int i = 0; i < running.length; i++) {
                if (running[i]) {
                    running[i] = false;
                    // what it has begun warms it as what it has answered does
                    Node node = nodes.get(tried.get(i));
                    node.coldAnswers = Math.max(0, node.coldAnswers - 1);
                    caller.ended(tried.get(i), i < winner ? End.OUTRUN : End.CANCELLED, now - begun[i]);
                }
            }
            Arrays.fill(running, false);
        }
    }
}
