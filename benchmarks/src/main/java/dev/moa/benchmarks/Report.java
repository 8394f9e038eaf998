package dev.moa.benchmarks;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Where results go: a line of JSON per case for tools, or a table for people. Progress goes to standard error. */
final class Report {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final PrintStream out;
    private final boolean json;
    private boolean headed;

    Report(PrintStream out, boolean json) {
        this.out = out;
        this.json = json;
    }

    /** Tells the one who waits what is going on. */
    void progress(String text) {
        System.err.println("bench: " + text);
    }

    /** Prints a result. */
    void add(CaseResult result) {
        Map<String, Object> details = result.details();
        details.put(
                "loadAverage",
                round(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
        if (json) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("bench", result.bench());
            line.put("case", result.caseName());
            line.put("ours", round(result.ours()));
            line.put("peer", round(result.peer()));
            line.put("peerName", result.peerName());
            line.put("ratio", round(result.ratio()));
            line.put("unit", result.unit());
            line.putAll(details);
            out.println(JSON.writeValueAsString(line));
            return;
        }
        if (!headed) {
            out.printf(
                    "%-8s %-22s %12s %12s %7s  %-9s %s%n", "bench", "case", "moa", "peer", "ratio", "unit", "peer is");
            headed = true;
        }
        out.printf(
                "%-8s %-22s %,12.1f %,12.1f %6.2fx  %-9s %s%n",
                result.bench(),
                result.caseName(),
                result.ours(),
                result.peer(),
                result.ratio(),
                result.unit(),
                result.peerName());
        details.forEach((name, value) -> out.printf("%31s %s: %s%n", "", name, value));
    }

    private static double round(double value) {
        return Math.round(value * 1_000) / 1_000.0;
    }
}
