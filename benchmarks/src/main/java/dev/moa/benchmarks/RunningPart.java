package dev.moa.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** A process of the platform that a benchmark started, as Linux accounts for it. */
record RunningPart(long pid) {
    // of Linux everywhere: USER_HZ
    private static final double TICKS_PER_SECOND = 100;

    /** @throws IOException if there is none whose command line has {@code word} */
    static RunningPart find(String word) throws IOException {
        List<ProcessHandle> children = ProcessHandle.current().descendants().toList();
        for (ProcessHandle each : children) {
            Path commandLine = Path.of("/proc", String.valueOf(each.pid()), "cmdline");
            if (Files.exists(commandLine)
                    && Files.readString(commandLine).replace('\0', ' ').contains(word)) {
                return new RunningPart(each.pid());
            }
        }
        throw new IOException(
                "no child process has '%s' in its command line (%d children)".formatted(word, children.size()));
    }

    /** Returns the CPU seconds of all its threads so far. */
    double cpuSeconds() throws IOException {
        String stat = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }

    /** Returns its proportional share of memory, in MiB. */
    double pssMegabytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", String.valueOf(pid), "smaps_rollup"))) {
            if (line.toLowerCase(Locale.ROOT).startsWith("pss:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
            }
        }
        throw new IOException("no Pss of process " + pid);
    }
}
