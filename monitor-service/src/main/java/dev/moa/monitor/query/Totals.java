package dev.moa.monitor.query;

import dev.moa.monitor.minute.MethodKey;
import dev.moa.sdk.stats.LatencyHistogram;
import dev.moa.sdk.stats.StatisticsReport;
import java.util.Map;
import java.util.TreeMap;

/**
 * Running totals since the monitor's start, over all instances, as Prometheus wants them. Methods past the
 * limit are counted together. Safe for many threads.
 */
public final class Totals {
    static final double[] BOUNDS_SECONDS = {
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
    };

    static final class Total {
        long count;
        long sumNanos;
        long bytesIn;
        long bytesOut;
        final long[] upTo = new long[BOUNDS_SECONDS.length];
        final TreeMap<Integer, Long> codes = new TreeMap<>();

        void add(StatisticsReport.MethodDelta delta) {
            LatencyHistogram latency = delta.latency();
            count += delta.count();
            sumNanos += latency.sumNanos();
            bytesIn += delta.bytesIn();
            bytesOut += delta.bytesOut();
            for (int i = 0; i < upTo.length; i++) {
                upTo[i] += latency.countUpTo((long) (BOUNDS_SECONDS[i] * 1e9));
            }
            delta.codes().forEach((code, failures) -> codes.merge(code, failures, Long::sum));
        }
    }

    private final int maxMethods;
    private final TreeMap<MethodKey, Total> totals = new TreeMap<>();

    public Totals(int maxMethods) {
        this.maxMethods = maxMethods;
    }

    public synchronized void add(StatisticsReport report) {
        for (StatisticsReport.MethodDelta delta : report.methods()) {
            MethodKey key = new MethodKey(delta.service(), delta.method(), delta.side());
            if (!totals.containsKey(key) && totals.size() >= maxMethods) {
                key = MethodKey.other(delta.side());
            }
            totals.computeIfAbsent(key, k -> new Total()).add(delta);
        }
    }

    /** Gives the totals to {@code writer} while nothing is added. */
    synchronized void write(java.util.function.Consumer<Map<MethodKey, Total>> writer) {
        writer.accept(totals);
    }
}
