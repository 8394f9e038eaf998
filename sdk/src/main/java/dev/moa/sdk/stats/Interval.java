package dev.moa.sdk.stats;

import java.util.Collection;

/**
 * The calls of a method in the last interval that was reported to the monitor, and all those before.
 *
 * @param count calls that ended in the interval
 * @param p50Nanos half of them took no longer, in nanoseconds; 0 without calls
 * @param p90Nanos 90 % of them took no longer
 * @param p99Nanos 99 % of them took no longer
 * @param maxNanos the longest
 * @param calls all calls up to the end of the interval
 * @param failures those of them that failed
 */
public record Interval(
        long count, long p50Nanos, long p90Nanos, long p99Nanos, long maxNanos, long calls, long failures) {

    /** No interval yet. */
    public static final Interval NONE = new Interval(0, 0, 0, 0, 0, 0, 0);

    Interval then(LatencyHistogram latency, Collection<Long> failed) {
        long sum = failed.stream().mapToLong(Long::longValue).sum();
        if (latency.isEmpty()) {
            return new Interval(0, 0, 0, 0, 0, calls, failures + sum);
        }
        return new Interval(
                latency.count(),
                latency.percentileNanos(0.5),
                latency.percentileNanos(0.9),
                latency.percentileNanos(0.99),
                latency.maxNanos(),
                calls + latency.count(),
                failures + sum);
    }
}
