package dev.moa.benchmarks;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Where is a service? Asked of a router over RESP, HTTP and DNS, in turns with peers that only hand out bytes: a GET of
 * {@code redis-server} for a value of the same size, and Knot DNS with the same zone. 100 services of ten instances.
 */
final class LookupBenchmark implements Benchmark {
    private static final int ROUNDS = 3;
    private static final int SERVICES = 100;
    private static final int INSTANCES = 10;
    private static final int SECONDS = 2;
    private static final int CONNECTIONS = 50;
    private static final String REQUEST = "{\"service\":\"/service/lookup\",\"method\":\"lookup\",\"args\":[\"%s\"]}";
    private static final String SERVICE = "/service/bench/s";
    private static final long START_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** One run of some load: how much was answered, and how fast. */
    private interface Load {
        RedisBenchmarkTool.Run run() throws Exception;
    }

    @Override
    public String name() {
        return "lookup";
    }

    @Override
    public String question() {
        return "lookups per second over RESP, HTTP and DNS, against redis-server GET and Knot";
    }

    @Override
    public void run(Report report) throws Exception {
        report.progress("starting Redis, the registry and the router");
        int dnsPort = Child.freePort();
        int moaPort = Child.freePort();
        try (BenchRegistry registry = BenchRegistry.start();
                Child peer = Child.redis();
                Child router = registry.router(moaPort, dnsPort)) {
            register(registry.registry().port());
            String service = SERVICE + 7;
            String answer = await(router.port(), service);
            // the first app stands still from now on: what it uses is not the router's
            RunningPart process = new RunningPart(router.process().pid());
            resp(report, process, moaPort, peer, service, answer);
            http(report, process, router.port(), moaPort, peer, service);
            if (Tool.isInstalled("knotd") && Tool.isInstalled("dnsperf")) {
                dns(report, process, dnsPort);
            } else {
                report.progress("knotd or dnsperf is missing (apt install knot dnsperf): DNS is left out");
            }
        }
    }

    private static void register(int port) throws IOException {
        try (RawHttp http = new RawHttp(port)) {
            for (int i = 0; i < SERVICES * INSTANCES; i++) {
                String body = "{\"service\":\"%s%d\",\"host\":\"10.0.%d.%d\",\"port\":%d,\"ttlSeconds\":3600}"
                        .formatted(SERVICE, i / INSTANCES, i / INSTANCES, 1 + i % INSTANCES, 7_000 + i % INSTANCES);
                RawHttp.Answer answer = http.send(RawHttp.request("POST", "/v1/instances", body));
                if (answer.status() != 201) {
                    throw new IOException("%d for %s".formatted(answer.status(), body));
                }
            }
        }
    }

    /** Returns the answer about a service once the router knows all of the last one. */
    private static String await(int port, String service) throws IOException, InterruptedException {
        long limit = System.nanoTime() + START_LIMIT_NANOS;
        try (RawHttp http = new RawHttp(port)) {
            while (ports(lookup(http, SERVICE + (SERVICES - 1))) < INSTANCES) {
                if (System.nanoTime() > limit) {
                    throw new IOException("the router does not know " + SERVICE + (SERVICES - 1));
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
            return lookup(http, service);
        }
    }

    private static String lookup(RawHttp http, String service) throws IOException {
        return new String(
                http.send(RawHttp.request("GET", "/v1/lookup?service=" + service, ""))
                        .body(),
                StandardCharsets.UTF_8);
    }

    private static int ports(String json) {
        return json.split("\"port\":", -1).length - 1;
    }

    private void resp(Report report, RunningPart process, int port, Child peer, String service, String answer)
            throws Exception {
        String key = REQUEST.formatted(service);
        RedisBenchmarkTool.set(peer.port(), key, "{\"code\":0,\"result\":" + answer + "}");
        report.progress("warming up");
        RedisBenchmarkTool.get(port, key, CONNECTIONS, 16, 1_000_000);
        RedisBenchmarkTool.get(port, key, CONNECTIONS, 1, 200_000);
        measure(
                report,
                "RESP -c 50",
                "redis-server GET",
                process,
                () -> RedisBenchmarkTool.get(port, key, CONNECTIONS, 1, 150_000),
                () -> RedisBenchmarkTool.get(peer.port(), key, CONNECTIONS, 1, 150_000));
        measure(
                report,
                "RESP -c 50 -P 16",
                "redis-server GET",
                process,
                () -> RedisBenchmarkTool.get(port, key, CONNECTIONS, 16, 600_000),
                () -> RedisBenchmarkTool.get(peer.port(), key, CONNECTIONS, 16, 600_000));
    }

    private void http(Report report, RunningPart process, int httpPort, int moaPort, Child peer, String service)
            throws Exception {
        String key = REQUEST.formatted(service);
        Load redis = () -> RedisBenchmarkTool.get(peer.port(), key, CONNECTIONS, 1, 150_000);
        String rest = BenchRegistry.url("http", httpPort) + "/v1/lookup?service="
                + URLEncoder.encode(service, StandardCharsets.UTF_8);
        String moa = BenchRegistry.url("http", moaPort) + "/service/lookup/lookup";
        if (!Tool.isInstalled("wrk")) {
            report.progress("wrk is missing (apt install wrk): HTTP is left out");
            return;
        }
        WrkTool.run(moa, "[\"" + service + "\"]", CONNECTIONS, 2);
        measure(report, "HTTP, moa port", "redis-server GET", process, () -> wrk(moa, "[\"" + service + "\"]"), redis);
        WrkTool.run(rest, null, CONNECTIONS, 2 * SECONDS);
        measure(report, "HTTP, REST", "redis-server GET", process, () -> wrk(rest, null), redis);
    }

    private static RedisBenchmarkTool.Run wrk(String url, @Nullable String json)
            throws IOException, InterruptedException {
        return WrkTool.run(url, json, CONNECTIONS, SECONDS);
    }

    private void dns(Report report, RunningPart process, int port) throws Exception {
        try (Child knot = KnotServer.start(zone())) {
            for (String type : List.of("A", "SRV")) {
                Path questions = Files.createTempFile("moa-bench", ".dns");
                List<String> lines = new ArrayList<>();
                for (int i = 0; i < SERVICES; i++) {
                    lines.add("s%d.bench.service.moa %s".formatted(i * 37 % SERVICES, type));
                }
                Files.write(questions, lines);
                DnsperfTool.run(port, questions, 2 * SECONDS);
                measure(
                        report,
                        "DNS " + type,
                        "Knot DNS",
                        process,
                        () -> DnsperfTool.run(port, questions, SECONDS),
                        () -> DnsperfTool.run(knot.port(), questions, SECONDS));
                Files.delete(questions);
            }
        }
    }

    /** Returns the names that the router has, as a zone file. */
    private static String zone() {
        StringBuilder zone = new StringBuilder("$ORIGIN moa.\n$TTL 1\n@ SOA ns.moa. hostmaster.moa. 1 60 60 60 1\n");
        zone.append("@ NS ns\nns A 127.0.0.1\n");
        for (int i = 0; i < SERVICES * INSTANCES; i++) {
            int service = i / INSTANCES;
            int instance = i % INSTANCES;
            String name = "s%d.bench.service".formatted(service);
            String target = "%08x".formatted(0x0a000000 + service * 256 + instance + 1);
            zone.append("%s A 10.0.%d.%d\n".formatted(name, service, 1 + instance));
            zone.append("%s SRV 0 6400 %d %s\n".formatted(name, 7_000 + instance, target));
            zone.append("%s A 10.0.%d.%d\n".formatted(target, service, 1 + instance));
        }
        return zone.toString();
    }

    private void measure(Report report, String name, String peerName, RunningPart process, Load ours, Load peer)
            throws Exception {
        List<RedisBenchmarkTool.Run> runs = new ArrayList<>();
        List<RedisBenchmarkTool.Run> peers = new ArrayList<>();
        double cpu = 0;
        long answered = 0;
        long allocated = 0;
        for (int round = 1; round <= ROUNDS; round++) {
            report.progress("%s, round %d of %d".formatted(name, round, ROUNDS));
            peers.add(peer.run());
            Map<String, Long> before = process.allocatedByThread();
            double cpuBefore = process.cpuSeconds();
            RedisBenchmarkTool.Run run = ours.run();
            cpu += process.cpuSeconds() - cpuBefore;
            allocated += process.allocatedSince(before);
            answered += run.calls();
            runs.add(run);
        }
        Map<String, Object> details = new LinkedHashMap<>();
        details.put(
                "rounds",
                runs.stream().map(RedisBenchmarkTool.Run::callsPerSecond).toList());
        details.put(
                "peerRounds",
                peers.stream().map(RedisBenchmarkTool.Run::callsPerSecond).toList());
        details.put("cpuMicrosPerQuery", cpu * 1e6 / answered);
        details.put("allocatedBytesPerQuery", allocated / answered);
        details.put("p50Ms", median(runs, RedisBenchmarkTool.Run::p50Ms));
        details.put("p99Ms", median(runs, RedisBenchmarkTool.Run::p99Ms));
        details.put("peerP50Ms", median(peers, RedisBenchmarkTool.Run::p50Ms));
        details.put("peerP99Ms", median(peers, RedisBenchmarkTool.Run::p99Ms));
        report.add(CaseResult.moreIsBetter(
                name(),
                name,
                median(runs, RedisBenchmarkTool.Run::callsPerSecond),
                median(peers, RedisBenchmarkTool.Run::callsPerSecond),
                peerName,
                "queries/s",
                details));
    }

    private static double median(List<RedisBenchmarkTool.Run> runs, ToDoubleFunction<RedisBenchmarkTool.Run> what) {
        return CaseResult.median(runs.stream().map(what::applyAsDouble).toList());
    }
}
