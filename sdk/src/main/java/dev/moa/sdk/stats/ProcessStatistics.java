package dev.moa.sdk.stats;

/**
 * How the reporting process is.
 *
 * @param threads live threads; virtual ones are not among them
 * @param heapUsedBytes heap in use
 * @param heapMaxBytes the most the heap may take; 0 where unknown
 * @param gcCount garbage collections since the last report
 * @param gcTimeMs milliseconds spent in them since the last report
 * @param cpuTimeMs processor time used since the last report, in milliseconds over all cores; 0 where unknown
 * @param processors processors the process may use
 * @param uptimeMs milliseconds since the process started
 */
public record ProcessStatistics(
        int threads,
        long heapUsedBytes,
        long heapMaxBytes,
        long gcCount,
        long gcTimeMs,
        long cpuTimeMs,
        int processors,
        long uptimeMs) {

    /** @throws IllegalArgumentException if a number is negative */
    public ProcessStatistics {
        require("threads", threads);
        require("heapUsedBytes", heapUsedBytes);
        require("heapMaxBytes", heapMaxBytes);
        require("gcCount", gcCount);
        require("gcTimeMs", gcTimeMs);
        require("cpuTimeMs", cpuTimeMs);
        require("processors", processors);
        require("uptimeMs", uptimeMs);
    }

    /** Returns how the process is later, with what it did over both times. */
    ProcessStatistics and(ProcessStatistics later) {
        return new ProcessStatistics(
                later.threads,
                later.heapUsedBytes,
                later.heapMaxBytes,
                gcCount + later.gcCount,
                gcTimeMs + later.gcTimeMs,
                cpuTimeMs + later.cpuTimeMs,
                later.processors,
                later.uptimeMs);
    }

    private static void require(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException("process.%s: %d (expected: >= 0)".formatted(name, value));
        }
    }
}
