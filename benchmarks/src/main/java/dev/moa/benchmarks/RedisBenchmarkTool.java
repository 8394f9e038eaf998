package dev.moa.benchmarks;

import java.io.IOException;
import java.util.List;

/** The {@code redis-benchmark} of Redis itself, as the load on both sides. */
final class RedisBenchmarkTool {

    private RedisBenchmarkTool() {}

    /**
     * What a run showed.
     *
     * @param callsPerSecond throughput
     * @param p50Ms median latency in milliseconds
     * @param p99Ms 99th percentile in milliseconds
     * @param calls how many there were
     */
    record Run(double callsPerSecond, double p50Ms, double p99Ms, long calls) {}

    /** Sends {@code requests} times {@code GET key} over {@code connections}, {@code pipeline} at a time on each. */
    static Run get(int port, String key, int connections, int pipeline, int requests)
            throws IOException, InterruptedException {
        List<String> lines = Tool.run(
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
        return new Run(number(cells[last - 6]), number(cells[last - 3]), number(cells[last - 1]), requests);
    }

    /** Sets a key of a real Redis. */
    static void set(int port, String key, String value) throws IOException, InterruptedException {
        Tool.run("redis-cli", "-p", "" + port, "SET", key, value);
    }

    private static double number(String cell) {
        return Double.parseDouble(cell.replace("\"", ""));
    }
}
