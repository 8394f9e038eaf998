package dev.moa.benchmarks;

import dev.moa.dev.Platform;
import dev.moa.dev.PlatformListener;
import dev.moa.dev.PlatformOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
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

/**
 * How long after the request to the registry a real HAProxy sends connections to an instance that came, and none to one
 * that left: told by its Runtime API, and by asking the router's name server. Each change replaces the
 * service's only instance; both fronts are asked all the time by connections of their own. The peers are the aims.
 * Then all of three instances are replaced at once: {@link HaproxyReplacements}. {@code MOA_BENCH_CHANGES} says how many
 * changes (50), {@code MOA_BENCH_REPLACEMENTS} how many replacements of each kind (20).
 */
final class HaproxyBenchmark implements Benchmark {
    private static final double AIM_TOLD_MS = 100;
    private static final double AIM_ASKED_MS = 2_200;
    private static final long GIVE_UP_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final Duration QUIET = Duration.ofSeconds(3);

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
        int replacements = Integer.parseInt(System.getenv().getOrDefault("MOA_BENCH_REPLACEMENTS", "20"));
        Path home = Path.of(System.getProperty("moa.home", "."));
        int admin = freePort();
        PlatformOptions options = PlatformOptions.of(home)
                .withRoot(Files.createTempDirectory("moa-bench"))
                .onRandomPorts()
                .withApps(Set.of("registry", "router"))
                .withKafka(false)
                .withStartCaches(false)
                .withSetting("router", "moa.router.haproxy.sockets", "127.0.0.1:" + admin)
                .withSetting("router", "moa.router.haproxy.backends.users", NamedInstance.SERVICE);
        report.progress("starting Redis, the registry, the router and HAProxy");
        try (Platform platform = new Platform(options, PlatformListener.silent())) {
            platform.start();
            platform.awaitHealthy(Duration.ofSeconds(90));
            PartPorts ports = new PartPorts(platform.ports());
            int told = freePort();
            int asked = freePort();
            Path log = Files.createTempFile("moa-bench-haproxy", ".log");
            log.toFile().deleteOnExit();
            try (Child haproxy = haproxy(home, log, admin, ports.of("router.dns"), told, asked)) {
                String registry = "http://127.0.0.1:" + ports.of("registry.http");
                measure(report, registry, changes, told, asked);
                HaproxyReplacements all = new HaproxyReplacements(registry, admin, asked, log);
                report.progress("%d times all replaced at once".formatted(replacements));
                all.run(report, name(), replacements, QUIET);
                report.progress("%d times all replaced at once, the old ones gone at once".formatted(replacements));
                all.run(report, name(), replacements, Duration.ZERO);
            }
        }
    }

    /** HAProxy with the file of the deployment. */
    private static Child haproxy(Path home, Path log, int admin, int dns, int told, int asked) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        "/usr/sbin/haproxy",
                        "-db",
                        "-f",
                        home.resolve("deploy/haproxy/services.cfg").toString())
                .redirectOutput(log.toFile())
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
        NamedInstance now = new NamedInstance(registry);
        now.register();
        await(told, now.port());
        await(asked, now.port());
        for (int i = 0; i < changes; i++) {
            // anywhere between two questions that HAProxy asks its resolver
            TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextInt(1_000));
            NamedInstance next = new NamedInstance(registry);
            long changed = System.nanoTime();
            next.register();
            now.deregister();
            int left = now.port();
            CompletableFuture<Double> byDns =
                    CompletableFuture.supplyAsync(() -> settled(asked, next.port(), left, changed, 5));
            toldMs.add(settled(told, next.port(), left, changed, 1));
            askedMs.add(byDns.get(30, TimeUnit.SECONDS));
            now.close();
            now = next;
        }
        now.deregister();
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
            int reached = NamedInstance.reached(front);
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
        while (NamedInstance.reached(front) != instance) {
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

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
