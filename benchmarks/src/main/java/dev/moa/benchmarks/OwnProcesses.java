package dev.moa.benchmarks;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Processes that end with this one, also where it is ended by Ctrl-C or SIGTERM: what is left of a run disturbs whatever is
 * measured next.
 */
public final class OwnProcesses {
    private static final Set<Process> ALL = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> ALL.forEach(Process::destroyForcibly), "bench-end-1"));
    }

    private OwnProcesses() {}

    /** Takes note of a process, and returns it. */
    public static Process own(Process process) {
        ALL.removeIf(each -> !each.isAlive());
        ALL.add(process);
        return process;
    }
}
