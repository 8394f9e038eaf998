package dev.moa.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The DNS load generator {@code dnsperf}. */
final class DnsperfTool {
    // at this rate the latency is the server's and not that of a queue
    private static final int CALM_QUERIES_PER_SECOND = 5_000;
    private static final int CALM_SECONDS = 2;

    private DnsperfTool() {}

    /**
     * Asks the questions of a file, round and round, as fast as they are answered, 100 open at a time; then some at a
     * moderate rate, for the latency.
     */
    static RedisBenchmarkTool.Run run(int port, Path questions, int seconds) throws IOException, InterruptedException {
        List<String> fast = dnsperf(port, questions, seconds, "-c", "8");
        List<String> calm = dnsperf(port, questions, CALM_SECONDS, "-Q", "" + CALM_QUERIES_PER_SECOND, "-v");
        double[] latencies = calm.stream()
                .filter(line -> line.startsWith("> NOERROR "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)) * 1_000)
                .sorted()
                .toArray();
        return new RedisBenchmarkTool.Run(
                Double.parseDouble(value(fast, "Queries per second:")),
                CaseResult.at(latencies, 0.5),
                CaseResult.at(latencies, 0.99),
                completed(fast) + completed(calm));
    }

    private static List<String> dnsperf(int port, Path questions, int seconds, String... more)
            throws IOException, InterruptedException {
        List<String> words =
                new ArrayList<>(List.of("dnsperf", "-p", "" + port, "-d", questions.toString(), "-l", "" + seconds));
        words.addAll(List.of(more));
        List<String> lines = Tool.run(words.toArray(String[]::new));
        requireAnswered(lines);
        return lines;
    }

    // "123456 (100.00%)"
    private static long completed(List<String> lines) throws IOException {
        return Long.parseLong(value(lines, "Queries completed:").split(" ", 2)[0]);
    }

    private static void requireAnswered(List<String> lines) throws IOException {
        String codes = value(lines, "Response codes:");
        if (!codes.startsWith("NOERROR") || codes.contains(",")) {
            throw new IOException("not all is answered: " + codes);
        }
    }

    private static String value(List<String> lines, String label) throws IOException {
        for (String line : lines) {
            if (line.strip().startsWith(label)) {
                return line.strip().substring(label.length()).strip();
            }
        }
        throw new IOException("dnsperf did not say '%s': %s".formatted(label, lines));
    }
}
