package dev.moa.benchmarks;

import dev.moa.dev.Platform;
import dev.moa.dev.PlatformListener;
import dev.moa.dev.PlatformOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * 20,000 instances of 2,000 services, held by 2,000 processes that renew all their leases in one request every 3 s:
 * what the registry and Redis use for it, and whether a lease is lost. The peer is the aim, a quarter of a core.
 * {@code MOA_BENCH_SECONDS} sets how long it is measured (20).
 */
final class LeasesBenchmark implements Benchmark {
    private static final int SERVICES = 2_000;
    private static final int PROCESSES = 2_000;
    private static final int LEASES_EACH = 10;
    private static final long RENEW_MS = 3_000;
    private static final double AIM_CORES = 0.25;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    // so that a slow registry slows the load instead of drowning in connections
    private final Semaphore open = new Semaphore(64);
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicInteger unknown = new AtomicInteger();
    private final AtomicInteger renewed = new AtomicInteger();

    @Override
    public String name() {
        return "leases";
    }

    @Override
    public String question() {
        return "what 20,000 leases of 2,000 services cost the registry, renewed every 3 s, against a quarter of a core";
    }

    @Override
    public void run(Report report) throws Exception {
        int seconds = Integer.parseInt(System.getenv().getOrDefault("MOA_BENCH_SECONDS", "20"));
        PlatformOptions options = PlatformOptions.of(Path.of(System.getProperty("moa.home", ".")))
                .withRoot(Files.createTempDirectory("moa-bench"))
                .onRandomPorts()
                .withApps(Set.of("registry"))
                .withKafka(false);
        report.progress("starting Redis and the registry");
        try (Platform platform = new Platform(options, PlatformListener.silent())) {
            platform.start();
            platform.awaitHealthy(Duration.ofSeconds(90));
            String registry = "http://127.0.0.1:" + new PartPorts(platform.ports()).of("registry.http");
            measure(report, registry, seconds);
        }
    }

    private void measure(Report report, String registry, int seconds) throws Exception {
        RunningPart app = RunningPart.find("moa-registry-service");
        RunningPart redis = RunningPart.find("redis-server");
        report.progress("registering %,d instances".formatted(PROCESSES * LEASES_EACH));
        double cpuBefore = app.cpuSeconds();
        long started = System.nanoTime();
        List<byte[]> renewals = register(registry);
        double registerSeconds = (System.nanoTime() - started) / 1e9;
        double registerCpu = app.cpuSeconds() - cpuBefore;

        report.progress("renewing for %d s, and 10 s before that".formatted(seconds));
        renew(registry, renewals, 10);
        failed.set(0);
        unknown.set(0);
        renewed.set(0);
        double appBefore = app.cpuSeconds();
        double redisBefore = redis.cpuSeconds();
        long measured = System.nanoTime();
        renew(registry, renewals, seconds);
        double took = (System.nanoTime() - measured) / 1e9;
        double cores = (app.cpuSeconds() - appBefore) / took;
        double redisCores = (redis.cpuSeconds() - redisBefore) / took;

        int listed = listed(registry);
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("instances", PROCESSES * LEASES_EACH);
        details.put("seconds", took);
        details.put("renewals", renewed.get());
        details.put("leasesLost", PROCESSES * LEASES_EACH - listed);
        details.put("unknown", unknown.get());
        details.put("failedRequests", failed.get());
        details.put("redisCores", redisCores);
        details.put("cpuMicrosPerRenewal", cores * took * 1e6 / Math.max(1, renewed.get()));
        details.put("leasesOfOneCoreAt15sTtl", Math.round(renewed.get() / took / cores * 15 * 0.3));
        details.put("registryPssMiB", app.pssMegabytes());
        details.put("redisPssMiB", redis.pssMegabytes());
        details.put("registrationsPerSecond", PROCESSES * LEASES_EACH / registerSeconds);
        details.put("cpuMicrosPerRegistration", registerCpu * 1e6 / (PROCESSES * LEASES_EACH));
        report.add(CaseResult.lessIsBetter(name(), "20,000 leases", cores, AIM_CORES, "the aim", "cores", details));
    }

    /** Registers all; returns the body of the renewals of each process. */
    private List<byte[]> register(String registry) throws Exception {
        Map<Integer, StringBuilder> leases = new ConcurrentHashMap<>();
        List<CompletableFuture<Void>> all = new ArrayList<>();
        long renewedNanos = System.nanoTime();
        for (int i = 0; i < PROCESSES * LEASES_EACH; i++) {
            int process = i / LEASES_EACH;
            if (i % 200 == 0 && System.nanoTime() - renewedNanos > RENEW_MS * 1_000_000) {
                // those that are there renew while the others come
                renewedNanos = System.nanoTime();
                CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(1, TimeUnit.MINUTES);
                for (byte[] body : bodies(leases)) {
                    all.add(send("PUT", registry + "/v1/leases", body).thenAccept(answer -> {}));
                }
            }
            String body = ("{\"service\":\"/service/bench/s%d\",\"host\":\"10.%d.%d.1\",\"port\":%d,\"ttlSeconds\":10,"
                            + "\"metadata\":{\"payload\":\"%s\"}}")
                    .formatted(i % SERVICES, process / 250, process % 250, 7_000 + i % LEASES_EACH, "x".repeat(200));
            all.add(send("POST", registry + "/v1/instances", body.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                    .thenAccept(answer -> {
                        JsonNode json = JSON.readTree(answer);
                        StringBuilder list = leases.computeIfAbsent(process, none -> new StringBuilder());
                        synchronized (list) {
                            list.append(list.isEmpty() ? "" : ",")
                                    .append("{\"id\":%s,\"incarnation\":%s}"
                                            .formatted(json.get("id"), json.get("incarnation")));
                        }
                    }));
        }
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(5, TimeUnit.MINUTES);
        return bodies(leases);
    }

    private static List<byte[]> bodies(Map<Integer, StringBuilder> leases) {
        return leases.values().stream()
                .map(list -> ("{\"leases\":[" + list + "]}").getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .toList();
    }

    /** Lets each process renew every 3 s, evenly spread. */
    private void renew(String registry, List<byte[]> bodies, int seconds) throws Exception {
        long started = System.nanoTime();
        long count = (long) seconds * 1_000 * bodies.size() / RENEW_MS;
        for (long i = 0; i < count; i++) {
            long due = started + i * RENEW_MS * 1_000_000 / bodies.size();
            long wait = due - System.nanoTime();
            if (wait > 1_000_000) {
                TimeUnit.NANOSECONDS.sleep(wait);
            }
            send("PUT", registry + "/v1/leases", bodies.get((int) (i % bodies.size())))
                    .thenAccept(answer -> {
                        JsonNode json = JSON.readTree(answer);
                        renewed.addAndGet(json.path("renewed").size());
                        unknown.addAndGet(
                                json.path("unknown").size() + json.path("stale").size());
                    });
        }
    }

    private CompletableFuture<byte[]> send(String method, String uri, byte[] body) throws InterruptedException {
        open.acquire();
        HttpRequest request = HttpRequest.newBuilder(URI.create(uri))
                .timeout(Duration.ofSeconds(10))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray()).handle((answer, failure) -> {
            open.release();
            if (answer == null || answer.statusCode() / 100 != 2) {
                failed.incrementAndGet();
                throw new IllegalStateException(
                        answer == null
                                ? String.valueOf(failure)
                                : new String(answer.body(), java.nio.charset.StandardCharsets.UTF_8));
            }
            return answer.body();
        });
    }

    private int listed(String registry) throws Exception {
        int listed = 0;
        String cursor = "";
        do {
            JsonNode page = JSON.readTree(http.send(
                            HttpRequest.newBuilder(URI.create(registry + "/v1/services?limit=500&cursor=" + cursor))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body());
            for (JsonNode service : page.get("services")) {
                if (service.get("service").asString().startsWith("/service/bench/")) {
                    listed += service.get("up").asInt() - service.get("held").asInt();
                }
            }
            cursor = page.get("next").isNull() ? "" : page.get("next").asString();
        } while (!cursor.isEmpty());
        return listed;
    }
}
