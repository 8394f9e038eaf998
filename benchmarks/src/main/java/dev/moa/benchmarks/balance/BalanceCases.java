package dev.moa.benchmarks.balance;

import java.time.Duration;

/**
 * What happens to the nodes, and what is looked at. Ten nodes of 5 ms, a thousand calls a second, everything well for
 * 10 s before.
 */
public final class BalanceCases {

    private static final int NODES = 10;
    private static final int CALLS_PER_SECOND = 1_000;
    private static final Duration USUAL = Duration.ofMillis(5);
    private static final int SICK = 3;
    private static final double FAIR = 1.0 / NODES;

    /** moa's client, without hedging. */
    public static final Simulation.CallerFactory MOA =
            (nodes, clock, random) -> new MoaCaller(nodes, false, clock, random);
    /** moa's client, with hedging of the slowest 5 %. */
    public static final Simulation.CallerFactory MOA_HEDGING =
            (nodes, clock, random) -> new MoaCaller(nodes, true, clock, random);
    /** Dubbo's adaptive balancer. */
    public static final Simulation.CallerFactory DUBBO = AdaptiveCaller::new;
    /** gRPC's least request. */
    public static final Simulation.CallerFactory GRPC = (nodes, clock, random) -> new LeastRequestCaller(nodes, random);

    private BalanceCases() {}

    /** A share of the traffic in the first second of a fault, and in the ten after it. */
    public record Shares(double firstSecond, double after) {}

    /** Calls while a node is new. */
    public record Newcomer(double p99Ms, double usualP99Ms, double share) {}

    private static Simulation well(Simulation.CallerFactory factory, long seed) {
        Simulation simulation = new Simulation(factory, NODES, CALLS_PER_SECOND, USUAL, seed);
        simulation.run(Duration.ofSeconds(10));
        return simulation;
    }

    /** One node becomes twenty times slower. */
    public static Shares slow(Simulation.CallerFactory factory, long seed) {
        Simulation simulation = well(factory, seed);
        simulation.slow(SICK, 20);
        return shares(simulation);
    }

    /** One node fails within 0.1 ms. */
    public static Shares blackHole(Simulation.CallerFactory factory, long seed) {
        Simulation simulation = well(factory, seed);
        simulation.fail(SICK, Duration.ofNanos(100_000));
        return shares(simulation);
    }

    private static Shares shares(Simulation simulation) {
        simulation.run(Duration.ofSeconds(1));
        double first = simulation.share(SICK);
        simulation.run(Duration.ofSeconds(10));
        return new Shares(first, simulation.share(SICK));
    }

    /**
     * Returns how much of its fair share a node has that was slow, or failed, for 30 s and has been well for 10 s;
     * measured over the 10 s that follow.
     */
    public static double recovery(Simulation.CallerFactory factory, boolean failed, long seed) {
        Simulation simulation = well(factory, seed);
        if (failed) {
            simulation.fail(SICK, Duration.ofNanos(100_000));
        } else {
            simulation.slow(SICK, 20);
        }
        simulation.run(Duration.ofSeconds(30));
        simulation.slow(SICK, 1);
        simulation.run(Duration.ofSeconds(10));
        simulation.run(Duration.ofSeconds(10));
        return simulation.share(SICK) / FAIR;
    }

    /** Returns the load beyond one attempt per call while every node fails for 20 s. */
    public static double outage(Simulation.CallerFactory factory, long seed) {
        Simulation simulation = well(factory, seed);
        for (int i = 0; i < NODES; i++) {
            simulation.fail(i, Duration.ofMillis(1));
        }
        simulation.run(Duration.ofSeconds(20));
        return simulation.extraLoad();
    }

    /** Returns the load beyond one attempt per call while every node is twenty times slower for 20 s. */
    public static double brownOut(Simulation.CallerFactory factory, long seed) {
        Simulation simulation = well(factory, seed);
        for (int i = 0; i < NODES; i++) {
            simulation.slow(i, 20);
        }
        simulation.run(Duration.ofSeconds(20));
        return simulation.extraLoad();
    }

    /** A node is added whose first 400 answers take ten times longer. */
    public static Newcomer newcomer(Simulation.CallerFactory factory, long seed) {
        Simulation simulation = well(factory, seed);
        double before = simulation.quantileMs(0.99);
        simulation.addCold(400, 10);
        simulation.run(Duration.ofSeconds(30));
        double p99 = simulation.quantileMs(0.99);
        simulation.run(Duration.ofSeconds(30));
        simulation.run(Duration.ofSeconds(10));
        return new Newcomer(p99, before, simulation.share(NODES) * (NODES + 1));
    }
}
