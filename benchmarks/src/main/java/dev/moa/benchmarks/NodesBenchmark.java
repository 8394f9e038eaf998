package dev.moa.benchmarks;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.Payload;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.protocol.client.MoaConnection;
import dev.moa.sdk.MoaClient;
import dev.moa.sdk.call.CallOptions;
import dev.moa.sdk.call.CallSettings;
import dev.moa.sdk.call.MethodSettings;
import dev.moa.sdk.lookup.InstanceAddress;
import dev.moa.sdk.lookup.StaticDirectory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Ten real processes behind one client, and what {@code balance} simulates: one of them becomes slow, is well again,
 * fails at once, is well again, and then all fail. The nodes count what they get.
 */
final class NodesBenchmark implements Benchmark {

    private static final int NODES = 10;
    private static final int SICK = 3;
    private static final int USUAL_MS = 5;
    private static final int SLOW_MS = 20 * USUAL_MS;
    private static final int CALLS_PER_SECOND = 500;
    private static final CallRequest WORK = CallRequest.of(NodeServer.NAME, "work", Payload.NO_ARGUMENTS);

    private final List<Child> nodes = new ArrayList<>();
    private final List<MoaConnection> probes = new ArrayList<>();

    @Override
    public String name() {
        return "nodes";
    }

    @Override
    public String question() {
        return "what sick nodes get of ten real processes, against a fair share";
    }

    @Override
    public void run(Report report) throws Exception {
        try {
            StaticDirectory directory = new StaticDirectory();
            List<InstanceAddress> addresses = new ArrayList<>();
            for (int i = 0; i < NODES; i++) {
                Child node = Child.small(NodeServer.class);
                nodes.add(node);
                addresses.add(InstanceAddress.of("127.0.0.1", node.port()));
                probes.add(MoaConnection.open(
                                new InetSocketAddress("127.0.0.1", node.port()),
                                ConnectionOptions.defaults().withConnectTimeout(Duration.ofSeconds(10)))
                        .get(15, TimeUnit.SECONDS));
            }
            directory.put(NodeServer.NAME, addresses);
            CallSettings settings = CallSettings.defaults()
                    .withMethods(List.of(
                            MethodSettings.of(NodeServer.NAME).withBreaker(0, Duration.ofSeconds(1)),
                            MethodSettings.of(NodeServer.NAME, "work").withHedge(0.95)));
            try (MoaClient client = MoaClient.builder()
                    .app("bench")
                    .directory(directory)
                    .calls(settings)
                    .build()) {
                measure(report, client);
            }
        } finally {
            probes.forEach(MoaConnection::close);
            nodes.forEach(Child::close);
        }
    }

    private void measure(Report report, MoaClient client) throws Exception {
        report.progress("warming up ten processes");
        load(client, 8);

        report.progress("one node becomes 20 x slower");
        become(SICK, SLOW_MS, false);
        load(client, 1);
        Load slow = load(client, 6);
        share(report, "20 x slow, after 1 s", slow, 2);

        report.progress("it is well again");
        become(SICK, USUAL_MS, false);
        load(client, 10);
        recovered(report, "10 s after slow", load(client, 4));

        report.progress("it fails at once");
        become(SICK, 0, true);
        Load failing = load(client, 7);
        share(report, "fails at once", failing, 1);

        report.progress("it is well again");
        become(SICK, USUAL_MS, false);
        load(client, 10);
        recovered(report, "10 s after failing", load(client, 4));

        report.progress("all fail");
        for (int i = 0; i < NODES; i++) {
            become(i, 0, true);
        }
        Load outage = load(client, 8);
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("atMost", 20);
        details.put("calls", outage.calls);
        details.put("served", outage.total());
        double extra = (outage.total() / (double) outage.calls - 1) * 100;
        details.put("holds", extra <= 20);
        report.add(CaseResult.lessIsBetter(
                name(), "outage, extra load", extra, 200, "two retries for each call", "% of calls", details));
    }

    private void share(Report report, String name, Load load, double limit) {
        double ours = load.share(SICK) * 100;
        Map<String, Object> details = load.details();
        details.put("atMost", limit);
        details.put("holds", ours <= limit);
        report.add(CaseResult.lessIsBetter(name(), name, ours, 100.0 / NODES, "a fair share", "% of traffic", details));
    }

    private void recovered(Report report, String name, Load load) {
        double ours = load.share(SICK) * NODES * 100;
        Map<String, Object> details = load.details();
        details.put("atLeast", 90);
        details.put("holds", ours >= 90);
        report.add(CaseResult.moreIsBetter(name(), name, ours, 100, "a fair share", "% of share", details));
    }

    private record Load(long calls, long failed, List<Long> served) {
        long total() {
            return served.stream().mapToLong(Long::longValue).sum();
        }

        double share(int node) {
            return served.get(node) / (double) total();
        }

        Map<String, Object> details() {
            Map<String, Object> details = new LinkedHashMap<>();
            details.put("calls", calls);
            details.put("failed", failed);
            details.put("served", served);
            return details;
        }
    }

    /** Calls at a steady rate, whether answers come or not. */
    private Load load(MoaClient client, int seconds) throws Exception {
        List<Long> before = served();
        AtomicLong failed = new AtomicLong();
        AtomicLong open = new AtomicLong();
        long calls = (long) CALLS_PER_SECOND * seconds;
        long began = System.nanoTime();
        for (long i = 0; i < calls; i++) {
            long due = began + i * TimeUnit.SECONDS.toNanos(1) / CALLS_PER_SECOND;
            for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            open.incrementAndGet();
            client.call(WORK, CallOptions.IDEMPOTENT).whenComplete((response, failure) -> {
                if (response == null || !response.isOk()) {
                    failed.incrementAndGet();
                }
                open.decrementAndGet();
            });
        }
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
        while (open.get() > 0 && System.nanoTime() < limit) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        List<Long> after = served();
        List<Long> gained = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            gained.add(after.get(i) - before.get(i));
        }
        return new Load(calls, failed.get(), gained);
    }

    private List<Long> served() throws Exception {
        List<Long> counts = new ArrayList<>();
        for (MoaConnection probe : probes) {
            counts.add(Long.parseLong(call(probe, "served", "[]")));
        }
        return counts;
    }

    private void become(int node, long tookMs, boolean fails) throws Exception {
        String ignored = call(probes.get(node), "become", "[%d,%b]".formatted(tookMs, fails));
    }

    private static String call(MoaConnection probe, String method, String args) throws Exception {
        return probe.call(CallRequest.of(NodeServer.NAME, method, Payload.json(args)), Deadline.afterMillis(5_000))
                .get(6, TimeUnit.SECONDS)
                .resultOrThrow()
                .text();
    }
}
