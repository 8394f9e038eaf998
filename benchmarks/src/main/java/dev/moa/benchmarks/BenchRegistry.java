package dev.moa.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A registry alone with a Redis of its own, as processes. Its quota per caller is out of the way, for all load comes
 * from one address; instances are not probed, for there is nobody to probe.
 */
record BenchRegistry(Child redis, Child registry, int moaPort) implements AutoCloseable {

    /** @param settings of the registry, as {@code name=value} */
    static BenchRegistry start(String... settings) throws IOException, InterruptedException {
        Child redis = Child.redis();
        int moaPort = Child.freePort();
        try {
            List<String> all = new ArrayList<>(List.of(
                    "spring.data.redis.url=" + url("redis", redis.port()),
                    "moa.server.port=" + moaPort,
                    "moa.registry.prober.enabled=false",
                    "moa.registry.http.writes-per-second=10000000",
                    "moa.registry.http.writes-burst=10000000"));
            all.addAll(List.of(settings));
            return new BenchRegistry(redis, Child.app("registry-service", all), moaPort);
        } catch (IOException | InterruptedException | RuntimeException e) {
            redis.close();
            throw e;
        }
    }

    /** Starts a router that reads the same Redis. */
    Child router(int moaPort, int dnsPort) throws IOException, InterruptedException {
        Path snapshots = Files.createTempDirectory("moa-bench-router");
        return Child.app(
                "router-service",
                List.of(
                        "spring.data.redis.url=" + url("redis", redis.port()),
                        "moa.server.port=" + moaPort,
                        "moa.router.name-server.port=" + dnsPort,
                        "moa.router.snapshot.directory=" + snapshots));
    }

    static String url(String scheme, int port) {
        return scheme + "://127.0.0.1:" + port;
    }

    /** Returns what the registry's process uses. */
    RunningPart process() {
        return new RunningPart(registry.process().pid());
    }

    /** Returns what Redis's process uses. */
    RunningPart store() {
        return new RunningPart(redis.process().pid());
    }

    @Override
    public void close() {
        registry.close();
        redis.close();
    }
}
