package dev.moa.benchmarks;

import dev.moa.dev.Platform;
import dev.moa.dev.PlatformListener;
import dev.moa.dev.PlatformOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long after the request to register the watchers are told: 1,000 connections over 1,000 services, ten told per
 * change, 100 changes a second; against a bare PUBLISH to SUBSCRIBE through the same Redis, to as many connections.
 * {@code MOA_BENCH_SECONDS} sets how long each is measured (10).
 */
final class RegistryBenchmark implements Benchmark {
    private static final int CONNECTIONS = 1_000;
    private static final int SERVICES = 1_000;
    private static final int EACH = 10;
    private static final int PER_SECOND = 100;
    private static final int WARM_UP_SECONDS = 10;
    // the port tells which change an event is about
    private static final Pattern PORT = Pattern.compile("\"port\":([0-9]+)");
    private static final int FIRST_PORT = 10_000;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Override
    public String name() {
        return "registry";
    }

    @Override
    public String question() {
        return "register to told, 1,000 watches, against PUBLISH to SUBSCRIBE of the same Redis";
    }

    @Override
    public void run(Report report) throws Exception {
        int seconds = Integer.parseInt(System.getenv().getOrDefault("MOA_BENCH_SECONDS", "10"));
        PlatformOptions options = PlatformOptions.of(Path.of(System.getProperty("moa.home", ".")))
                .withRoot(Files.createTempDirectory("moa-bench"))
                .onRandomPorts()
                .withApps(Set.of("registry"))
                .withKafka(false);
        report.progress("starting Redis and the registry");
        try (Platform platform = new Platform(options, PlatformListener.silent())) {
            platform.start();
            platform.awaitHealthy(Duration.ofSeconds(90));
            PartPorts ports = new PartPorts(platform.ports());
            RunningPart app = RunningPart.find("moa-registry-service");
            double[] floor;
            try (RedisFloor redis = new RedisFloor(ports.of("redis.redis"), CONNECTIONS, SERVICES, EACH)) {
                report.progress("PUBLISH to SUBSCRIBE for %d s".formatted(seconds));
                redis.measure(PER_SECOND, 2);
                floor = redis.measure(PER_SECOND, seconds);
            }
            double[] told = told(report, "http://127.0.0.1:" + ports.of("registry.http"), seconds, app);
            Map<String, Object> details = new LinkedHashMap<>();
            percentiles(details, "", told);
            percentiles(details, "peer", floor);
            details.put("told", told.length);
            details.put("expected", PER_SECOND * seconds * EACH);
            details.put("registryPssMiB", app.pssMegabytes());
            report.add(CaseResult.lessIsBetter(
                    name(), "told p50", at(told, 0.5), at(floor, 0.5), "Redis PUBLISH", "ms", details));
        }
    }

    private double[] told(Report report, String registry, int seconds, RunningPart app) throws Exception {
        int changes = PER_SECOND * (seconds + WARM_UP_SECONDS);
        AtomicLongArray sent = new AtomicLongArray(changes);
        Queue<Double> latencies = new ConcurrentLinkedQueue<>();
        AtomicInteger joined = new AtomicInteger();
        int measuredFrom = PER_SECOND * WARM_UP_SECONDS;
        report.progress("opening %d watches".formatted(CONNECTIONS));
        for (int i = 0; i < CONNECTIONS; i++) {
            StringBuilder query = new StringBuilder();
            for (int s = 0; s < EACH; s++) {
                query.append(s == 0 ? "?" : "&")
                        .append("service=/service/bench/s")
                        .append((i + s) % SERVICES);
            }
            http.sendAsync(
                    HttpRequest.newBuilder(URI.create(registry + "/v1/watch" + query))
                            .build(),
                    HttpResponse.BodyHandlers.fromLineSubscriber(new Lines(line -> {
                        if (line.startsWith("event:token")) {
                            joined.incrementAndGet();
                        } else if (line.startsWith("data:{")) {
                            long now = System.nanoTime();
                            Matcher port = PORT.matcher(line);
                            while (port.find()) {
                                int change = Integer.parseInt(port.group(1)) - FIRST_PORT;
                                if (change >= measuredFrom && change < changes && line.contains("\"changes\"")) {
                                    latencies.add((now - sent.get(change)) / 1e6);
                                }
                            }
                        }
                    })));
        }
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (joined.get() < CONNECTIONS && System.nanoTime() < limit) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        report.progress("%d watches are open; changing for %d s, the first %d to warm up"
                .formatted(joined.get(), seconds + WARM_UP_SECONDS, WARM_UP_SECONDS));
        double cpu = app.cpuSeconds();
        long started = System.nanoTime();
        for (int i = 0; i < changes; i++) {
            long wait = started + i * 1_000_000_000L / PER_SECOND - System.nanoTime();
            if (wait > 0) {
                TimeUnit.NANOSECONDS.sleep(wait);
            }
            String body = "{\"service\":\"/service/bench/s%d\",\"host\":\"127.0.0.1\",\"port\":%d,\"ttlSeconds\":3600}"
                    .formatted(i * 37 % SERVICES, FIRST_PORT + i);
            HttpRequest register = HttpRequest.newBuilder(URI.create(registry + "/v1/instances"))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8))
                    .build();
            sent.set(i, System.nanoTime());
            http.sendAsync(register, HttpResponse.BodyHandlers.discarding());
        }
        TimeUnit.SECONDS.sleep(2);
        report.progress("%.0f CPU µs of the registry per change".formatted((app.cpuSeconds() - cpu) * 1e6 / changes));
        return latencies.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    }

    private static void percentiles(Map<String, Object> into, String who, double[] sorted) {
        into.put(who.isEmpty() ? "p50Ms" : who + "P50Ms", at(sorted, 0.5));
        into.put(who.isEmpty() ? "p99Ms" : who + "P99Ms", at(sorted, 0.99));
        into.put(who.isEmpty() ? "p999Ms" : who + "P999Ms", at(sorted, 0.999));
    }

    static double at(double[] sorted, double share) {
        double[] all = Arrays.copyOf(sorted, Math.max(1, sorted.length));
        return Math.round(all[(int) Math.min(all.length - 1, all.length * share)] * 1_000) / 1_000.0;
    }
}
