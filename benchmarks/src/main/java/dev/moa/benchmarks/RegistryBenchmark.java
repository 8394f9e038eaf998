package dev.moa.benchmarks;

import dev.moa.benchmarks.RegistryContender.Registered;
import dev.moa.benchmarks.RegistryContender.Told;
import dev.moa.dev.Platform;
import dev.moa.dev.PlatformListener;
import dev.moa.dev.PlatformOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * moa's registry beside ZooKeeper, Nacos, Eureka and a bare PUBLISH of the same Redis: how long after the request to
 * register the watchers are told (100 changes a second, each told to 10 of 1,000 connections that watch 10 of 1,000
 * services each), how many registrations a second, what the servers use. Every contender gets the same load from a
 * process of its own, in turns. Nacos is given 20 connections that watch 100 of 200 services each, with as many told
 * per change: its client takes a dozen threads per connection. {@code --peer NAME} takes one peer.
 * {@code MOA_BENCH_SECONDS} sets how long a round is (4); the first of three only warms up, with 1,000 changes a second:
 * registries run for weeks, not for seconds.
 */
final class RegistryBenchmark implements Benchmark {
    static final String PEER = "moa.bench.peer";

    private static final String LOAD = "dev.moa.benchmarks.load.registry.";
    private static final int ROUNDS = 2;
    private static final int PER_SECOND = 100;
    private static final int WARM_UP_PER_SECOND = 1_000;
    private static final int THREADS = 16;
    private static final int BATCH_THREADS = 4;
    private static final int BATCH = 100;

    private final int seconds = Integer.parseInt(System.getenv().getOrDefault("MOA_BENCH_SECONDS", "4"));
    private final List<RegistryContender> contenders = new ArrayList<>();
    private final List<AutoCloseable> open = new ArrayList<>();

    @Override
    public String name() {
        return "registry";
    }

    @Override
    public String question() {
        return "register to told, registrations, memory, beside ZooKeeper, Nacos, Eureka and PUBLISH of the same Redis";
    }

    @Override
    public void run(Report report) throws Exception {
        Path home = Path.of(System.getProperty("moa.home", "."));
        String peer = System.getProperty(PEER, "");
        Path data = Files.createTempDirectory("moa-bench");
        report.progress("building the peers where that was not done yet");
        RegistryServer.build(home);
        PlatformOptions options = PlatformOptions.of(home)
                .withRoot(data)
                .onRandomPorts()
                .withApps(Set.of("registry"))
                .withSetting("registry", "moa.registry.http.writes-per-second", "10000000")
                .withSetting("registry", "moa.registry.http.writes-burst", "10000000")
                .withKafka(false);
        try (Platform platform = new Platform(options, PlatformListener.silent())) {
            report.progress("starting the registries");
            CompletableFuture<Void> peers = CompletableFuture.runAsync(() -> startPeers(home, data, peer));
            platform.start();
            platform.awaitHealthy(Duration.ofSeconds(120));
            peers.join();
            startOurs(home, new PartPorts(platform.ports()));
            tell(report);
            register(report);
            results(report);
        } finally {
            for (AutoCloseable each : open) {
                each.close();
            }
        }
    }

    private void startPeers(Path home, Path data, String peer) {
        try {
            if (peer.isEmpty() || peer.equals("zookeeper")) {
                add(home, "ZooKeeper 3.9.3", "zookeeper", "ZookeeperPeer", RegistryServer.zookeeper(home, data));
            }
            if (peer.isEmpty() || peer.equals("nacos")) {
                add(home, "Nacos 3.1.0", "nacos", "NacosPeer", RegistryServer.nacos(home, data));
            }
            if (peer.isEmpty() || peer.equals("eureka")) {
                add(home, "Eureka", "eureka", "EurekaPeer", RegistryServer.eureka(home));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void add(Path home, String name, String module, String main, RegistryServer server) throws IOException {
        open.add(server);
        String classPath = RegistryServer.classPath(home, module);
        contender(new RegistryContender(
                name, List.of(server.part()), classPath, "dev.moa.benchmarks." + module + "." + main, server.port()));
    }

    private void startOurs(Path home, PartPorts ports) throws IOException, InterruptedException {
        // the platform's own 256 MB are full after some 100,000 registrations, and then it refuses
        Tool.run("redis-cli", "-p", "" + ports.of("redis.redis"), "CONFIG", "SET", "maxmemory", "4gb");
        String classPath = Contender.classPath(home, "load");
        RunningPart redis = RunningPart.find("redis-server");
        RunningPart registry = RunningPart.find("moa-registry-service");
        contender(new RegistryContender(
                "moa", List.of(registry, redis), classPath, LOAD + "MoaPeer", ports.of("registry.moa")));
        contender(new RegistryContender(
                "Redis PUBLISH", List.of(redis), classPath, LOAD + "RedisPeer", ports.of("redis.redis")));
    }

    private void contender(RegistryContender contender) {
        contenders.add(contender);
        open.add(0, contender);
    }

    private void tell(Report report) throws IOException {
        for (RegistryContender each : contenders) {
            double took = each.name().startsWith("Nacos")
                    ? each.watch(20, 200, 100)
                    : each.name().equals("Eureka") ? each.watch(1, 1_000, 1_000) : each.watch(1_000, 1_000, 10);
            report.progress("%s: the watches were open in %.1f s".formatted(each.name(), took));
        }
        // Eureka's own clock is slower than all the others' rounds: it is polled beside them, twice a second
        RegistryContender eureka = find("Eureka");
        CompletableFuture<Told> slow =
                eureka == null ? null : CompletableFuture.supplyAsync(() -> tell(eureka, 1, 10, 40));
        for (int round = 0; round <= ROUNDS; round++) {
            for (RegistryContender each : contenders) {
                if (each == eureka) {
                    continue;
                }
                Told told = tell(each, round == 0 ? WARM_UP_PER_SECOND : PER_SECOND, seconds, 5);
                if (round > 0) {
                    each.told.add(told);
                    report.progress("%s: told %d of %d, p50 %.2f, p99 %.2f ms"
                            .formatted(each.name(), told.told(), told.expected(), told.p50(), told.p99()));
                }
            }
        }
        if (eureka != null && slow != null) {
            eureka.told.add(slow.join());
        }
        for (RegistryContender each : contenders) {
            each.weigh();
        }
    }

    private static Told tell(RegistryContender contender, int perSecond, int seconds, int patience) {
        try {
            return contender.tell(perSecond, seconds, patience);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void register(Report report) throws IOException {
        List<RegistryContender> registries = contenders.stream()
                .filter(each -> !each.name().startsWith("Redis"))
                .toList();
        for (RegistryContender each : registries) {
            each.restartLoad();
            each.register(THREADS, 1, seconds);
            each.register(BATCH_THREADS, BATCH, seconds);
        }
        for (int round = 0; round < ROUNDS; round++) {
            for (RegistryContender each : registries) {
                Registered single = each.register(THREADS, 1, seconds);
                Registered batched = each.register(BATCH_THREADS, BATCH, seconds);
                each.single.add(single);
                each.batched.add(batched);
                report.progress("%s: %,.0f registrations/s one by one, %,.0f in batches; %.0f and %.0f CPU µs each"
                        .formatted(
                                each.name(),
                                single.perSecond(),
                                batched.perSecond(),
                                single.cpuMicros(),
                                batched.cpuMicros()));
            }
        }
    }

    private void results(Report report) {
        RegistryContender moa = find("moa");
        for (RegistryContender peer : contenders) {
            if (moa == null || peer == moa) {
                continue;
            }
            Map<String, Object> told = new LinkedHashMap<>();
            told(told, "", moa);
            told(told, "peer", peer);
            report.add(CaseResult.lessIsBetter(
                    name(),
                    "told p50",
                    median(moa.told, Told::p50),
                    median(peer.told, Told::p50),
                    peer.name(),
                    "ms",
                    told));
            if (!peer.single.isEmpty()) {
                rates(report, "one by one", moa.single, peer.single, peer.name());
                rates(report, "batches of " + BATCH, moa.batched, peer.batched, peer.name());
                report.add(CaseResult.lessIsBetter(
                        name(),
                        "PSS, Redis with moa",
                        moa.pssMegabytes,
                        peer.pssMegabytes,
                        peer.name(),
                        "MiB",
                        Map.of()));
            }
        }
    }

    private void rates(Report report, String what, List<Registered> ours, List<Registered> peers, String peer) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("cpuMicros", median(ours, Registered::cpuMicros));
        details.put("peerCpuMicros", median(peers, Registered::cpuMicros));
        details.put("p50Ms", median(ours, Registered::p50));
        details.put("peerP50Ms", median(peers, Registered::p50));
        details.put("p99Ms", median(ours, Registered::p99));
        details.put("peerP99Ms", median(peers, Registered::p99));
        report.add(CaseResult.moreIsBetter(
                name(),
                what,
                median(ours, Registered::perSecond),
                median(peers, Registered::perSecond),
                peer,
                "regs/s",
                details));
    }

    private static void told(Map<String, Object> into, String who, RegistryContender contender) {
        into.put(who.isEmpty() ? "p99Ms" : who + "P99Ms", median(contender.told, Told::p99));
        into.put(who.isEmpty() ? "maxMs" : who + "MaxMs", median(contender.told, Told::max));
        into.put(
                who.isEmpty() ? "told" : who + "Told",
                contender.told.stream().mapToLong(Told::told).sum());
        into.put(
                who.isEmpty() ? "expected" : who + "Expected",
                contender.told.stream().mapToLong(Told::expected).sum());
    }

    private @Nullable RegistryContender find(String name) {
        return contenders.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private static <T> double median(List<T> rounds, ToDoubleFunction<T> of) {
        double value = CaseResult.median(rounds.stream().mapToDouble(of).boxed().toList());
        return Math.round(value * 1_000) / 1_000.0;
    }
}
