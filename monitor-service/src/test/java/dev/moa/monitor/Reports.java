package dev.moa.monitor;

import dev.moa.sdk.stats.CallSide;
import dev.moa.sdk.stats.LatencyHistogram;
import dev.moa.sdk.stats.ProcessStatistics;
import dev.moa.sdk.stats.StatisticsReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reports as a process would send them. */
public record Reports(String bootId, String app, String instance, List<String> services) {

    public static Reports of(String instance) {
        return new Reports("boot-" + instance, "feed", instance, List.of("/service/user"));
    }

    /** A report of ten seconds with calls of one method of {@code /service/user}. */
    public StatisticsReport calls(long seq, long fromMs, int count, int failures, long eachNanos) {
        return report(seq, fromMs, List.of(method("get", CallSide.SERVER, count, failures, eachNanos)));
    }

    public StatisticsReport report(long seq, long fromMs, List<StatisticsReport.MethodDelta> methods) {
        return new StatisticsReport(
                bootId,
                seq,
                app,
                instance,
                fromMs,
                fromMs + 9_999,
                0,
                0,
                services,
                methods,
                new ProcessStatistics(20, 1_000, 2_000, 1, 5, 100, 2, 60_000));
    }

    public static StatisticsReport.MethodDelta method(
            String method, CallSide side, int count, int failures, long eachNanos) {
        LatencyHistogram latency = new LatencyHistogram();
        for (int i = 0; i < count; i++) {
            latency.record(eachNanos);
        }
        return new StatisticsReport.MethodDelta(
                "/service/user",
                method,
                side,
                count,
                failures == 0 ? Map.of() : Map.of(4, (long) failures),
                0,
                10L * count,
                20L * count,
                latency);
    }

    public static List<StatisticsReport.MethodDelta> many(int methods) {
        List<StatisticsReport.MethodDelta> deltas = new ArrayList<>();
        for (int i = 0; i < methods; i++) {
            deltas.add(method("m" + i, CallSide.SERVER, 1, 0, 1_000_000));
        }
        return deltas;
    }
}
