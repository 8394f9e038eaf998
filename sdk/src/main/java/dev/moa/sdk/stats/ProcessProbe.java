package dev.moa.sdk.stats;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.concurrent.TimeUnit;

/** Asks the JVM how the process is; the sums of its counters since the last time. For one thread. */
final class ProcessProbe {
    private long gcCount;
    private long gcTimeMs;
    private long cpuTimeMs;

    ProcessStatistics look() {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        long count = 0;
        long timeMs = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            count += Math.max(0, collector.getCollectionCount());
            timeMs += Math.max(0, collector.getCollectionTime());
        }
        long cpuMs = cpuTimeMs();
        ProcessStatistics statistics = new ProcessStatistics(
                ManagementFactory.getThreadMXBean().getThreadCount(),
                heap.getUsed(),
                Math.max(0, heap.getMax()),
                Math.max(0, count - gcCount),
                Math.max(0, timeMs - gcTimeMs),
                Math.max(0, cpuMs - cpuTimeMs),
                Runtime.getRuntime().availableProcessors(),
                Math.max(0, ManagementFactory.getRuntimeMXBean().getUptime()));
        gcCount = count;
        gcTimeMs = timeMs;
        cpuTimeMs = cpuMs;
        return statistics;
    }

    private static long cpuTimeMs() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? TimeUnit.NANOSECONDS.toMillis(Math.max(0, system.getProcessCpuTime()))
                : 0;
    }
}
