package dev.moa.monitor.minute;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.moa.sdk.stats.ProcessStatistics;
import dev.moa.sdk.stats.StatisticsReport;
import java.util.List;
import java.util.TreeSet;

/**
 * How one process was in one minute: sizes as they were last, times and counts as they add up.
 *
 * @param app what the process calls itself
 * @param instance which process of the app it is
 * @param services the services it serves
 * @param minuteMs the beginning of the minute
 * @param lastMs the end of its last report in the minute, by its own clock
 * @param threads live threads
 * @param gcCount garbage collections in the minute
 * @param gcTimeMs milliseconds spent in them
 * @param cpuTimeMs processor time used in the minute, over all cores
 * @param coveredMs how much of the minute the reports cover
 * @param droppedReports reports the process has dropped since its start because it could not send them
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ProcessMinute(
        String app,
        String instance,
        List<String> services,
        long minuteMs,
        long lastMs,
        int threads,
        long heapUsedBytes,
        long heapMaxBytes,
        long gcCount,
        long gcTimeMs,
        long cpuTimeMs,
        long coveredMs,
        int processors,
        long uptimeMs,
        long droppedReports) {

    private static final ProcessStatistics UNKNOWN = new ProcessStatistics(0, 0, 0, 0, 0, 0, 0, 0);

    /** Returns what one report says of its process. */
    public static ProcessMinute of(StatisticsReport report, long minuteMs) {
        ProcessStatistics process = report.process() == null ? UNKNOWN : report.process();
        return new ProcessMinute(
                report.app(),
                report.instance(),
                report.services(),
                minuteMs,
                report.toMs(),
                process.threads(),
                process.heapUsedBytes(),
                process.heapMaxBytes(),
                process.gcCount(),
                process.gcTimeMs(),
                process.cpuTimeMs(),
                report.process() == null ? 0 : report.toMs() - report.fromMs(),
                process.processors(),
                process.uptimeMs(),
                report.droppedReports());
    }

    /** Returns both together, whichever came first. */
    public ProcessMinute and(ProcessMinute other) {
        ProcessMinute later = other.lastMs >= lastMs && other.processors > 0 || processors == 0 ? other : this;
        TreeSet<String> all = new TreeSet<>(services);
        all.addAll(other.services);
        return new ProcessMinute(
                app,
                instance,
                List.copyOf(all),
                minuteMs,
                Math.max(lastMs, other.lastMs),
                later.threads,
                later.heapUsedBytes,
                later.heapMaxBytes,
                gcCount + other.gcCount,
                gcTimeMs + other.gcTimeMs,
                cpuTimeMs + other.cpuTimeMs,
                coveredMs + other.coveredMs,
                later.processors,
                later.uptimeMs,
                Math.max(droppedReports, other.droppedReports));
    }
}
