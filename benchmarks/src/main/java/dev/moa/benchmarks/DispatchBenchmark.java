package dev.moa.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one call costs the server from its first byte to its last: parse, find the method, decode, run, encode,
 * write. CPU time of the whole process and not wall time, over one connection with {@value #PIPELINE} calls in each
 * write, so that system calls and the load of the machine hardly count and a regression does.
 *
 * <p>The peer is the same connection to {@code redis-server}, which copies the same bytes and does nothing else;
 * {@code copyNanos} is what copying them in this JVM takes, the floor of anything that answers at all.
 */
final class DispatchBenchmark implements Benchmark {

    private static final int ROUNDS = 5;
    private static final int PIPELINE = 512;
    private static final int CALLS = 600 * PIPELINE;
    // with less, a loaded machine is still compiling in the first rounds
    private static final int WARM_UP_CALLS = 5_000 * PIPELINE;

    @Override
    public String name() {
        return "dispatch";
    }

    @Override
    public String question() {
        return "server CPU and bytes allocated per call, against redis-server's CPU for a GET";
    }

    @Override
    public void run(Report report) throws Exception {
        try (Child redis = Child.redis();
                Child moa = Child.java(BenchServer.class)) {
            measure(report, "hello", redis, moa, "hello");
            measure(report, "hello on threads", redis, moa, "helloOnThread");
        }
    }

    private void measure(Report report, String name, Child redis, Child moa, String method) throws Exception {
        String request = RespBenchmark.REQUEST.formatted(method);
        RedisBenchmarkTool.set(redis.port(), request, RespBenchmark.REPLY);
        try (PipelinedGets ours = new PipelinedGets(moa.port(), request, RespBenchmark.REPLY, PIPELINE);
                PipelinedGets peers = new PipelinedGets(redis.port(), request, RespBenchmark.REPLY, PIPELINE)) {
            report.progress(name + ", warming up");
            ours.run(WARM_UP_CALLS);
            List<Double> cpu = new ArrayList<>();
            List<Double> peerCpu = new ArrayList<>();
            List<Double> wall = new ArrayList<>();
            long allocated = 0;
            for (int round = 1; round <= ROUNDS; round++) {
                report.progress("%s, round %d of %d".formatted(name, round, ROUNDS));
                long peerBefore = redisCpuNanos(peers);
                peers.run(CALLS);
                peerCpu.add((double) (redisCpuNanos(peers) - peerBefore) / CALLS);
                Usage before = ours.usage();
                long started = System.nanoTime();
                ours.run(CALLS);
                wall.add((double) (System.nanoTime() - started) / CALLS);
                Usage used = ours.usage().minus(before);
                cpu.add((double) used.cpuNanos() / CALLS);
                allocated += used.allocatedBytes();
            }
            Map<String, Object> details = new LinkedHashMap<>();
            details.put("rounds", cpu);
            details.put("peerRounds", peerCpu);
            details.put("allocatedBytesPerCall", allocated / ((long) ROUNDS * CALLS));
            details.put("wallNanosPerCall", CaseResult.median(wall));
            details.put("bytesPerCall", ours.bytesPerCall());
            details.put("copyNanos", copyNanos(ours.bytesPerCall()));
            report.add(CaseResult.lessIsBetter(
                    name(),
                    name,
                    CaseResult.median(cpu),
                    CaseResult.median(peerCpu),
                    "redis-server GET",
                    "ns CPU",
                    details));
        }
    }

    private static long redisCpuNanos(PipelinedGets connection) throws IOException {
        double seconds = 0;
        for (String line : connection.ask("INFO", "cpu").split("\r\n")) {
            if (line.startsWith("used_cpu_user:") || line.startsWith("used_cpu_sys:")) {
                seconds += Double.parseDouble(line.substring(line.indexOf(':') + 1));
            }
        }
        return (long) (seconds * 1e9);
    }

    /** Returns how long copying so many bytes takes, out of the request and into the reply. */
    private static double copyNanos(int bytes) {
        byte[] from = "x".repeat(bytes * PIPELINE).getBytes(StandardCharsets.US_ASCII);
        byte[] to = new byte[from.length];
        double best = Double.MAX_VALUE;
        for (int i = 0; i < 200; i++) {
            long started = System.nanoTime();
            for (int at = 0; at < from.length; at += bytes) {
                System.arraycopy(from, at, to, at, bytes);
            }
            best = Math.min(best, (double) (System.nanoTime() - started) / PIPELINE);
        }
        return best;
    }
}
