package dev.moa.benchmarks;

import dev.moa.benchmarks.balance.BalanceCases;
import dev.moa.benchmarks.balance.Simulation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Balancers on the same simulated nodes, in virtual time: what a sick node gets, when a healed one has its share back, what
 * an outage costs. The worst of five seeds of each.
 */
final class BalanceBenchmark implements Benchmark {

    private static final List<Long> SEEDS = List.of(1L, 2L, 3L, 4L, 5L);

    private record Peer(String name, Simulation.CallerFactory factory) {}

    private static final List<Peer> PEERS = List.of(
            new Peer("Dubbo 3.3 adaptive, as published", BalanceCases.DUBBO),
            new Peer("gRPC least_request, as published", BalanceCases.GRPC));

    @Override
    public String name() {
        return "balance";
    }

    @Override
    public String question() {
        return "what sick nodes get, in a simulation, against Dubbo's adaptive and gRPC's least request";
    }

    @Override
    public void run(Report report) {
        lower(
                report,
                "20 x slow, first second",
                "% of traffic",
                2,
                100,
                f -> worst(s -> BalanceCases.slow(f, s).firstSecond()));
        lower(
                report,
                "20 x slow, after it",
                "% of traffic",
                2,
                100,
                f -> worst(s -> BalanceCases.slow(f, s).after()));
        lower(
                report,
                "fails in 0.1 ms, first",
                "% of traffic",
                1,
                100,
                f -> worst(s -> BalanceCases.blackHole(f, s).firstSecond()));
        lower(
                report,
                "fails in 0.1 ms, after",
                "% of traffic",
                1,
                100,
                f -> worst(s -> BalanceCases.blackHole(f, s).after()));
        higher(report, "10 s after slow", f -> least(s -> BalanceCases.recovery(f, false, s)));
        higher(report, "10 s after failing", f -> least(s -> BalanceCases.recovery(f, true, s)));
        lower(report, "outage, extra load", "% of calls", 20, 100, f -> worst(s -> BalanceCases.outage(f, s)));
        lower(report, "all 20 x slow, extra", "% of calls", 20, 100, f -> worst(s -> BalanceCases.brownOut(f, s)));
        higher(
                report,
                "cold node, after 60 s",
                f -> least(s -> BalanceCases.newcomer(f, s).share()));
        lower(
                report,
                "cold node, p99",
                "x usual",
                1.5,
                1,
                f -> worst(s -> {
                    BalanceCases.Newcomer newcomer = BalanceCases.newcomer(f, s);
                    return newcomer.p99Ms() / newcomer.usualP99Ms();
                }));
    }

    private interface Seeded {
        double run(long seed);
    }

    private static double worst(Seeded measured) {
        return SEEDS.stream().mapToDouble(measured::run).max().orElseThrow();
    }

    private static double least(Seeded measured) {
        return SEEDS.stream().mapToDouble(measured::run).min().orElseThrow();
    }

    private void lower(
            Report report,
            String name,
            String unit,
            double limit,
            double scale,
            ToDoubleFunction<Simulation.CallerFactory> measure) {
        Simulation.CallerFactory mine = unit.equals("% of calls") ? BalanceCases.MOA_HEDGING : BalanceCases.MOA;
        double ours = measure.applyAsDouble(mine) * scale;
        for (Peer peer : PEERS) {
            double theirs = measure.applyAsDouble(peer.factory) * scale;
            Map<String, Object> details = new LinkedHashMap<>();
            details.put("atMost", limit);
            details.put("holds", ours <= limit);
            details.put("seeds", SEEDS.size());
            report.add(CaseResult.lessIsBetter(name(), name, ours, theirs, peer.name, unit, details));
        }
    }

    private void higher(Report report, String name, ToDoubleFunction<Simulation.CallerFactory> measure) {
        double ours = measure.applyAsDouble(BalanceCases.MOA) * 100;
        for (Peer peer : PEERS) {
            double theirs = measure.applyAsDouble(peer.factory) * 100;
            Map<String, Object> details = new LinkedHashMap<>();
            details.put("atLeast", 90);
            details.put("holds", ours >= 90);
            details.put("seeds", SEEDS.size());
            report.add(CaseResult.moreIsBetter(name(), name, ours, theirs, peer.name, "% of share", details));
        }
    }
}
