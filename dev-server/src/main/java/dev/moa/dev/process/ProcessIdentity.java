package dev.moa.dev.process;

import java.time.Instant;
import java.util.Optional;

/** Tells a process from a later one that got the same id, by the moment it began. */
public final class ProcessIdentity {
    /** The system computes the moment from ticks and its own start time, which moves when the clock is set. */
    private static final long TOLERANCE_MS = 2_000;

    private ProcessIdentity() {}

    public static long startedAtMs(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    /** The running process of that id, if it is the one that began at that moment. */
    public static Optional<ProcessHandle> find(long pid, long startedAtMs) {
        if (pid <= 0) {
            return Optional.empty();
        }
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(process -> Math.abs(startedAtMs(process) - startedAtMs) <= TOLERANCE_MS);
    }
}
