package dev.moa.monitor.query;

import dev.moa.monitor.minute.Tally;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was counted between two moments, by method and step. Percentiles are of all calls of a step together,
 * never an average of percentiles.
 *
 * @param stepMs how long a point is; a minute, or several where the range is long
 * @param reporting instances (a process serving a service) that reported in the range
 * @param registered instances that are registered now; null where the registry does not say
 * @param truncated whether methods were left out because there are too many: name a service, or a shorter range
 */
public record StatsAnswer(
        long from,
        long to,
        long stepMs,
        int reporting,
        @Nullable Integer registered,
        boolean truncated,
        List<Series> series) {

    /** A method on one side. */
    public record Series(String service, String method, String side, List<Point> points, Point total) {}

    /**
     * What was counted in one step.
     *
     * @param atMs the beginning of the step
     * @param ratePerSecond calls per second of the step, or of the part of it that has passed
     * @param codes failures by status code
     */
    public record Point(
            long atMs,
            long count,
            long errors,
            double ratePerSecond,
            double errorRatio,
            double meanMs,
            double p50Ms,
            double p90Ms,
            double p99Ms,
            double p999Ms,
            double maxMs,
            long bytesIn,
            long bytesOut,
            Map<Integer, Long> codes) {

        static Point of(long atMs, long lengthMs, Tally tally) {
            return new Point(
                    atMs,
                    tally.count(),
                    tally.errors(),
                    perSecond(tally.count(), lengthMs),
                    Math.round(tally.errorRatio() * 1e6) / 1e6,
                    tally.count() == 0 ? 0 : Math.round(tally.latency().sumNanos() / 1e3 / tally.count()) / 1e3,
                    tally.percentileMs(0.5),
                    tally.percentileMs(0.9),
                    tally.percentileMs(0.99),
                    tally.percentileMs(0.999),
                    tally.maxMs(),
                    tally.bytesIn(),
                    tally.bytesOut(),
                    tally.codes());
        }
    }

    /** Returns calls per second with three decimals; a moment shorter than a second counts as one. */
    static double perSecond(long count, long lengthMs) {
        return Math.round(count * 1e6 / Math.max(1_000, lengthMs)) / 1e3;
    }
}
