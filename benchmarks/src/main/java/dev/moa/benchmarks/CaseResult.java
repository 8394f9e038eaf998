package dev.moa.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one case showed.
 *
 * @param bench the benchmark's name
 * @param caseName the case, short
 * @param ours moa's figure, the median of the rounds
 * @param peer the peer's figure, the median of the rounds
 * @param peerName who the peer is, with its version
 * @param ratio above 1 moa is ahead, whatever the unit
 * @param unit the unit of {@code ours} and {@code peer}
 * @param details rounds, percentiles, CPU and allocation per call, load average
 */
record CaseResult(
        String bench,
        String caseName,
        double ours,
        double peer,
        String peerName,
        double ratio,
        String unit,
        Map<String, Object> details) {

    CaseResult {
        details = new LinkedHashMap<>(details);
    }

    /** Returns the result of a case in which more is better, such as calls per second. */
    static CaseResult moreIsBetter(
            String bench,
            String name,
            double ours,
            double peer,
            String peerName,
            String unit,
            Map<String, Object> details) {
        return new CaseResult(bench, name, ours, peer, peerName, ours / peer, unit, details);
    }

    /** Returns the result of a case in which less is better, such as milliseconds. */
    static CaseResult lessIsBetter(
            String bench,
            String name,
            double ours,
            double peer,
            String peerName,
            String unit,
            Map<String, Object> details) {
        return new CaseResult(bench, name, ours, peer, peerName, peer / ours, unit, details);
    }

    /** Returns the value below which {@code share} of the sorted ones lie; 0 where there are none. */
    static double at(double[] sorted, double share) {
        double value = sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1, sorted.length * share)];
        return Math.round(value * 1_000) / 1_000.0;
    }

    /** Returns the middle of {@code rounds}, the lower of two. */
    static double median(List<Double> rounds) {
        List<Double> sorted = rounds.stream().sorted().toList();
        return sorted.get((sorted.size() - 1) / 2);
    }
}
