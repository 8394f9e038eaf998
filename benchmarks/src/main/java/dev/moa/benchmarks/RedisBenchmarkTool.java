package dev.moa.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The {@code redis-benchmark} of Redis itself, as the load on both sides. */
final class RedisBenchmarkTool {

    private static final int LIMIT_SECONDS = 60;

    private RedisBenchmarkTool() {}

    /**
     * What a run showed.
     *
     * @param callsPerSecond throughput
     * @param p50Ms median latency in milliseconds
     * @param p99Ms 99th percentile in milliseconds
     */
    record Run(double callsPerSecond, double p50Ms, double p99Ms) {}

    /** Sends {@code requests} times {@code GET key} over {@code connections}, {@code pipeline} at a time on each. */
    static Run get(int port, String key, int connections, int pipeline, int requests)
            throws IOException, InterruptedException {
        List<String> lines = run(
                "redis-benchmark",
                "-p",
                "" + port,
                "-c",
                "" + connections,
                "-P",
                "" + pipeline,
                "-n",
                "" + requests,
                "--csv",
                "GET",
                key);
        // "test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms","p95_latency_ms","p99_latency_ms","max_latency_ms"
        // the test's name is the command, quotes and commas of its own included: count from the end
        String[] cells = lines.get(lines.size() - 1).split("\",\"");
        int last = cells.length - 1;
        return new Run(number(cells[last - 6]), number(cells[last - 3]), number(cells[last - 1]));
    }

    /** Sets a key of a real Redis. */
    static void set(int port, String key, String value) throws IOException, InterruptedException {
        run("redis-cli", "-p", "" + port, "SET", key, value);
    }

    private static List<String> run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> lines = new ArrayList<>(process.inputReader().lines().toList());
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(command[0] + " took longer than " + LIMIT_SECONDS + " s");
        }
        if (process.exitValue() != 0 || lines.isEmpty()) {
            throw new IOException("%s ended with %d: %s".formatted(command[0], process.exitValue(), lines));
        }
        return lines;
    }

    private static double number(String cell) {
        return Double.parseDouble(cell.replace("\"", ""));
    }
}
