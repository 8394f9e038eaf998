package dev.moa.benchmarks;

import dev.moa.dev.Platform;
import dev.moa.dev.PlatformListener;
import dev.moa.dev.PlatformOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How long after the request to the registry a real HAProxy sends connections to an instance that came, and none to one
 * that left: told by its Runtime API, and by asking the router's name server every second. Each change replaces the
 * service's only instance; both fronts are asked all the time by connections of their own. The peers are the aims.
 * {@code MOA_BENCH_CHANGES} says how many changes (50).
 */
final class HaproxyBenchmark implements Benchmark {
    private static final double AIM_TOLD_MS = 100;
    private static final double AIM_ASKED_MS = 2_200;
    private static final long GIVE_UP_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final String SERVICE = "/service/user";
    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Override
    public String name() {
        return "haproxy";
    }

    @Override
    public String question() {
        return "how soon a change is live in HAProxy, by its Runtime API and by DNS, against 100 ms and 2.2 s";
    }

    @Override
    public void run(Report report) throws Exception {
        int changes = Integer.parseInt(System.getenv().getOrDefault("MOA_BENCH_CHANGES", "50"));
        Path home = Path.of(System.getProperty("moa.home", "."));
        int admin = freePort();
        PlatformOptions options = PlatformOptions.of(home)
                .withRoot(Files.createTempDirectory("moa-bench"))
                .onRandomPorts()
                .withApps(Set.of("registry", "router"))
                .withKafka(false)
                .withStartCaches(false)
                .withSetting("router", "moa.router.haproxy.sockets", "127.0.0.1:" + admin)
                .withSetting("router", "moa.router.haproxy.backends.users", SERVICE);
        report.progress("starting Redis, the registry, the router and HAProxy");
        try (Platform platform = new Platform(options, PlatformListener.silent())) {
            platform.start();
            platform.awaitHealthy(Duration.ofSeconds(90));
            PartPorts ports = new PartPorts(platform.ports());
            int told = freePort();
            int asked = freePort();
            try (Child haproxy = haproxy(home, admin, ports.of("router.dns"), told, asked)) {
                measure(report, "http://127.0.0.1:" + ports.of("registry.http"), changes, told, asked);
            }
        }
    }

    /** HAProxy with the file of the deployment. */
    private static Child haproxy(Path home, int admin, int dns, int told, int asked) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        "/usr/sbin/haproxy",
                        "-db",
                        "-f",
                        home.resolve("deploy/haproxy/services.cfg").toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment()
                .putAll(Map.of(
                        "MOA_HAPROXY_ADMIN", "ipv4@127.0.0.1:" + admin,
                        "MOA_ROUTER_DNS", "127.0.0.1:" + dns,
                        "MOA_USERS", "127.0.0.1:" + told,
                        "MOA_USERS_BY_DNS", "127.0.0.1:" + asked));
        return new Child(builder.start(), told);
    }

    private void measure(Report report, String registry, int changes, int told, int asked) throws Exception {
        List<Double> toldMs = new ArrayList<>();
        List<Double> askedMs = new ArrayList<>();
        report.progress("%d changes".formatted(changes));
        Named now = new Named();
        String id = register(registry, now.port());
        await(told, now.port());
        await(asked, now.port());
        for (int i = 0; i < changes; i++) {
            // anywhere between two questions that HAProxy asks its resolver
            TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextInt(1_000));
            Named next = new Named();
            long changed = System.nanoTime();
            String nextId = register(registry, next.port());
            deregister(registry, id);
            int left = now.port();
            CompletableFuture<Double> byDns =
                    CompletableFuture.supplyAsync(() -> settled(asked, next.port(), left, changed, 5));
            toldMs.add(settled(told, next.port(), left, changed, 1));
            askedMs.add(byDns.get(30, TimeUnit.SECONDS));
            now.close();
            now = next;
            id = nextId;
        }
        now.close();
        add(report, "Runtime API p99", toldMs, AIM_TOLD_MS);
        add(report, "DNS p99", askedMs, AIM_ASKED_MS);
    }

    private void add(Report report, String name, List<Double> samples, double aim) {
        double[] sorted =
                samples.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("changes", sorted.length);
        details.put("p50Ms", CaseResult.at(sorted, 0.5));
        details.put("p90Ms", CaseResult.at(sorted, 0.9));
        details.put("maxMs", CaseResult.at(sorted, 1));
        report.add(CaseResult.lessIsBetter(name(), name, CaseResult.at(sorted, 0.99), aim, "the aim", "ms", details));
    }

    /** Returns the ms since {@code changed} when a connection first came to the new one, or last to the one that left. */
    private static double settled(int front, int next, int left, long changed, long pauseMs) {
        long last = 0;
        int inARow = 0;
        while (inARow < 5) {
            int reached = reached(front);
            long now = System.nanoTime();
            if (reached == next) {
                inARow++;
                last = inARow == 1 ? now : last;
            } else {
                inARow = 0;
            }
            if (now - changed > GIVE_UP_NANOS) {
                throw new IllegalStateException("front %d still leads to %d and not only to %d (left: %d)"
                        .formatted(front, reached, next, left));
            }
            pause(pauseMs);
        }
        return (last - changed) / 1e6;
    }

    private static void await(int front, int instance) {
        long limit = System.nanoTime() + GIVE_UP_NANOS;
        while (reached(front) != instance) {
            if (System.nanoTime() > limit) {
                throw new IllegalStateException("front %d does not lead to %d".formatted(front, instance));
            }
            pause(20);
        }
    }

    private static void pause(long ms) {
        try {
            TimeUnit.MILLISECONDS.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Returns which instance a connection to the front reaches; 0 if none. */
    private static int reached(int front) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), front)) {
            socket.setSoTimeout(2_000);
            String name = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return name.isEmpty() ? 0 : Integer.parseInt(name);
        } catch (IOException e) {
            return 0;
        }
    }

    private String register(String registry, int port) throws Exception {
        String body =
                "{\"service\":\"%s\",\"host\":\"127.0.0.1\",\"port\":%d,\"ttlSeconds\":3600}".formatted(SERVICE, port);
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(URI.create(registry + "/v1/instances"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        JsonNode json = JSON.readTree(answer.body());
        return json.path("id").asString() + "?incarnation="
                + json.path("incarnation").asLong();
    }

    private void deregister(String registry, String id) throws Exception {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(URI.create(registry + "/v1/instances/" + id))
                        .DELETE()
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw new IOException("DELETE %s: %d %s".formatted(id, answer.statusCode(), answer.body()));
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** An instance that says to each connection at which port it is, and ends it. */
    private static final class Named implements AutoCloseable {
        private final ServerSocket socket;

        Named() throws IOException {
            socket = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
            Thread thread = new Thread(this::serve, "bench-named-" + port());
            thread.setDaemon(true);
            thread.start();
        }

        int port() {
            return socket.getLocalPort();
        }

        private void serve() {
            byte[] name = Integer.toString(port()).getBytes(StandardCharsets.US_ASCII);
            while (!socket.isClosed()) {
                try (Socket caller = socket.accept()) {
                    caller.getOutputStream().write(name);
                } catch (IOException e) {
                    // closed, or a caller that had gone
                }
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
