package dev.moa.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A real method behind real JSON, called by {@code redis-benchmark}, against a GET of {@code redis-server}, which
 * does none of that: the physical limit of this wire.
 */
final class RespBenchmark implements Benchmark {

    private static final int ROUNDS = 5;
    static final String REPLY = "{\"code\":0,\"result\":\"hello world\"}";
    static final String REQUEST = "{\"service\":\"/service/bench\",\"method\":\"%s\",\"args\":[\"world\"]}";

    @Override
    public String name() {
        return "resp";
    }

    @Override
    public String question() {
        return "calls per second over RESP, against a plain GET of redis-server";
    }

    @Override
    public void run(Report report) throws Exception {
        try (Child redis = Child.redis();
                Child moa = Child.java(BenchServer.class);
                PipelinedGets probe = new PipelinedGets(moa.port(), REQUEST.formatted("hello"), REPLY, 1)) {
            String onLoop = REQUEST.formatted("hello");
            String onThread = REQUEST.formatted("helloOnThread");
            RedisBenchmarkTool.set(redis.port(), onLoop, REPLY);
            report.progress("warming up");
            // a server runs for weeks; until its code is compiled the compiler takes one of two processors from it
            RedisBenchmarkTool.get(moa.port(), onLoop, 50, 16, 3_000_000);
            RedisBenchmarkTool.get(moa.port(), onThread, 50, 16, 1_500_000);
            RedisBenchmarkTool.get(moa.port(), onThread, 50, 1, 200_000);
            RedisBenchmarkTool.get(moa.port(), onLoop, 50, 1, 300_000);
            measure(report, "c50", redis, moa, probe, onLoop, onLoop, 1, 100_000);
            measure(report, "c50 P16", redis, moa, probe, onLoop, onLoop, 16, 600_000);
            measure(report, "c50 on threads", redis, moa, probe, onLoop, onThread, 1, 100_000);
            measure(report, "c50 P16 on threads", redis, moa, probe, onLoop, onThread, 16, 300_000);
        }
    }

    private void measure(
            Report report,
            String name,
            Child redis,
            Child moa,
            PipelinedGets probe,
            String key,
            String request,
            int pipeline,
            int requests)
            throws Exception {
        List<Double> ours = new ArrayList<>();
        List<Double> peers = new ArrayList<>();
        List<Double> p99 = new ArrayList<>();
        List<Double> peerP99 = new ArrayList<>();
        long cpuNanos = 0;
        long allocated = 0;
        for (int round = 1; round <= ROUNDS; round++) {
            report.progress("%s, round %d of %d".formatted(name, round, ROUNDS));
            RedisBenchmarkTool.Run peer = RedisBenchmarkTool.get(redis.port(), key, 50, pipeline, requests);
            Usage before = probe.usage();
            RedisBenchmarkTool.Run run = RedisBenchmarkTool.get(moa.port(), request, 50, pipeline, requests);
            Usage used = probe.usage().minus(before);
            ours.add(run.callsPerSecond());
            p99.add(run.p99Ms());
            peers.add(peer.callsPerSecond());
            peerP99.add(peer.p99Ms());
            cpuNanos += used.cpuNanos();
            allocated += used.allocatedBytes();
        }
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("rounds", ours);
        details.put("peerRounds", peers);
        details.put("p99Ms", CaseResult.median(p99));
        details.put("peerP99Ms", CaseResult.median(peerP99));
        details.put("cpuMicrosPerCall", cpuNanos / 1_000.0 / ((long) ROUNDS * requests));
        details.put("allocatedBytesPerCall", allocated / ((long) ROUNDS * requests));
        report.add(CaseResult.moreIsBetter(
                name(),
                name,
                CaseResult.median(ours),
                CaseResult.median(peers),
                "redis-server GET",
                "calls/s",
                details));
    }
}
