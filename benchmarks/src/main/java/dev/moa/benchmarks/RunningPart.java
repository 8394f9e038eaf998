package dev.moa.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process of the platform that a benchmark started, as Linux accounts for it. */
record RunningPart(long pid) {
    private static final Pattern ALLOCATED = Pattern.compile(" allocated=([0-9]+)([BKMG]) .*(tid=\\w+)");

    private static final Pattern HISTOGRAM_ROW = Pattern.compile("^ *[0-9]+: +[0-9]+ +([0-9]+) +(\\S+)");

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

    /** Returns the bytes that each thread, of a JVM, has allocated so far, to about a thousandth; none without a JDK. */
    Map<String, Long> allocatedByThread() throws IOException, InterruptedException {
        Map<String, Long> bytes = new HashMap<>();
        for (String line : jcmd("Thread.print", "-e")) {
            Matcher allocated = ALLOCATED.matcher(line);
            if (allocated.find()) {
                bytes.put(
                        allocated.group(3),
                        Long.parseLong(allocated.group(1)) << 10 * "BKMG".indexOf(allocated.group(2)));
            }
        }
        return bytes;
    }

    /** Returns what the threads that are alive have allocated since {@code before}. */
    long allocatedSince(Map<String, Long> before) throws IOException, InterruptedException {
        long bytes = 0;
        for (Map.Entry<String, Long> thread : allocatedByThread().entrySet()) {
            bytes += thread.getValue() - before.getOrDefault(thread.getKey(), 0L);
        }
        return bytes;
    }

    /**
     * Returns the bytes of the objects that are in use in its heap, a JVM's; 0 without a JDK. Of the histogram's total,
     * what the collector put where dead objects were does not count: up to a twentieth of the heap, more or less by chance.
     */
    long liveHeapBytes() throws IOException, InterruptedException {
        long bytes = 0;
        for (String line : jcmd("GC.class_histogram")) {
            Matcher row = HISTOGRAM_ROW.matcher(line);
            if (row.find() && !row.group(2).contains("jdk.internal.vm.Filler")) {
                bytes += Long.parseLong(row.group(1));
            }
        }
        return bytes;
    }

    private List<String> jcmd(String... command) throws IOException, InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        if (!Files.exists(jcmd)) {
            return List.of();
        }
        List<String> words = new ArrayList<>(List.of(jcmd.toString(), String.valueOf(pid)));
        words.addAll(List.of(command));
        return Tool.run(words.toArray(String[]::new));
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
