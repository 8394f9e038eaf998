package dev.moa.testkit;

import dev.moa.dev.Platform;
import dev.moa.dev.PlatformOptions;
import dev.moa.dev.process.ChildState;
import dev.moa.dev.process.ChildStatus;
import dev.moa.sdk.MoaClient;
import dev.moa.sdk.MoaServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A running platform: where its parts are, and how to hurt them. Parts are called as in {@code ./moa status}:
 * {@code redis}, {@code kafka}, {@code registry}, {@code router}, {@code parallel-proxy}, {@code async-broker},
 * {@code monitor}, {@code gateway}.
 */
public final class RunningMoa implements AutoCloseable {
    private final Platform platform;

    private RunningMoa(Platform platform) {
        this.platform = platform;
    }

    static RunningMoa start(PlatformOptions options, Duration limit) {
        Platform platform = new Platform(options, (part, line) -> {});
        try {
            platform.start();
            platform.awaitHealthy(limit);
            return new RunningMoa(platform);
        } catch (RuntimeException e) {
            platform.close();
            throw e;
        }
    }

    /** The launcher's view, for what is not here. */
    public Platform platform() {
        return platform;
    }

    /** The base URL of an app's HTTP port, without a slash at the end. */
    public URI http(String part) {
        return URI.create("http://127.0.0.1:" + platform.addresses().port(part, "http"));
    }

    /** The port where an app speaks RESP, moa frames and HTTP. */
    public int moaPort(String part) {
        return platform.addresses().port(part, "moa");
    }

    /** Returns the URL of its Redis, such as {@code redis://127.0.0.1:6379}. */
    public String redisUrl() {
        return platform.addresses().get("redis.url");
    }

    /** What Kafka clients take as {@code bootstrap.servers}. */
    public String kafkaAddress() {
        return platform.addresses().get("kafka.address");
    }

    /** Returns the URL of its registry, as {@code moa.registry.urls} takes it. */
    public String registryUrl() {
        return http("registry").toString();
    }

    /** The router's moa port as {@code host:port}. */
    public String routerAddress() {
        return "127.0.0.1:" + moaPort("router");
    }

    /** A client that looks services up at this platform's router; close what it builds. */
    public MoaClient.Builder client(String app) {
        return MoaClient.builder().app(app).routers(List.of(routerAddress()));
    }

    /** A server on a free port that registers at this platform's registry; close what it builds. */
    public MoaServer.Builder server(String app) {
        return MoaServer.builder().app(app).port(0).registries(List.of(registryUrl()));
    }

    /** Kills a part the hard way (SIGKILL). It is started again at once; {@link #awaitRestart} waits for that. */
    public void kill(String part) {
        platform.kill(part);
    }

    /** Kills a part the hard way and waits until it runs again and is healthy. */
    public void killAndAwait(String part, Duration limit) {
        int before = platform.state(part).restarts();
        platform.kill(part);
        awaitRestart(part, before + 1, limit);
    }

    /** Waits until a part has been started again so many times in all and is healthy. */
    public void awaitRestart(String part, int restarts, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (System.nanoTime() - deadline < 0) {
            ChildState state = platform.state(part);
            if (state.restarts() >= restarts && state.status() == ChildStatus.HEALTHY) {
                return;
            }
            LockSupport.parkNanos(20_000_000);
        }
        throw new IllegalStateException("%s is not back after %d s: %s; its log: %s"
                .formatted(
                        part,
                        limit.toSeconds(),
                        platform.state(part),
                        platform.layout().log(part)));
    }

    /** Stops a part and leaves it stopped until {@link #start}. */
    public void stop(String part) {
        platform.stop(part);
    }

    /** Starts a stopped part again and waits until it is healthy. */
    public void start(String part, Duration limit) {
        platform.startAgain(part);
        platform.awaitHealthy(part, limit);
    }

    /** Waits until every part is healthy. */
    public void awaitHealthy(Duration limit) {
        platform.awaitHealthy(limit);
    }

    /** Stops everything and deletes the data; the logs stay. */
    @Override
    public void close() {
        platform.close();
        Path data = platform.layout().root().resolve("data");
        if (!Files.exists(data)) {
            return;
        }
        try (Stream<Path> all = Files.walk(data)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            // the next clean build deletes it
        }
    }
}
