package dev.moa.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.testkit.redis.RedisProcess;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A registry whose probes fail, and that takes nobody out for it. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ProberDoubtsIT {
    private static final Duration SOON = Duration.ofSeconds(15);
    private static final String[] QUICK = {
        "--moa.registry.prober.interval=200ms",
        "--moa.registry.prober.timeout=100ms",
        "--moa.registry.prober.shortest-timeout=50ms",
        "--moa.registry.prober.retry-pause=20ms"
    };

    private static RedisProcess redis;
    private static RegistryApp app;
    private static ServerSocket silent;
    private static final List<Closeable> open = new ArrayList<>();

    @BeforeAll
    static void start(@TempDir Path data) throws IOException {
        redis = new RedisProcess(data).start();
        List<String> settings = new ArrayList<>(List.of(QUICK));
        settings.add("--moa.registry.prober.canaries=127.0.0.1:" + deafPort());
        app = new RegistryApp(redis.url(), settings.toArray(String[]::new));
        silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        open.add(silent);
    }

    @AfterAll
    static void stop() throws IOException {
        for (Closeable each : open) {
            each.close();
        }
        app.close();
        redis.close();
    }

    @Test
    @Order(1)
    void withoutItsCanariesItTakesNobodyOut() {
        register("/service/dead", RedisProcess.freePort());

        await().atMost(SOON).until(() -> words("/service/dead").contains("no canary of [127.0.0.1:"));

        assertThat(status("/service/dead")).isEqualTo("UP");
    }

    @Test
    @Order(2)
    void whereMostProbesFailItSuspectsItself() {
        for (int i = 0; i < 5; i++) {
            register("/service/silent", silent.getLocalPort());
        }

        await().atMost(SOON).until(() -> words("/service/silent").contains("this registry suspects its own network"));

        assertThat(app.get("/v1/instances?service=/service/silent&status=UP")
                        .json()
                        .get("instances")
                        .size())
                .isEqualTo(5);
    }

    @Test
    @Order(3)
    void whomTheOthersReachStaysIn() {
        app.close();
        redis.commands().flushall();
        // a registry that lives and reaches everybody: this test
        redis.commands().zadd("moa:registry:replicas", System.currentTimeMillis() + 3_600_000, "the-other");
        try (RegistryApp outvoted = new RegistryApp(redis.url(), QUICK)) {
            await().atMost(SOON)
                    .until(() -> outvoted.get("/v1/probes?service=/service/doubted")
                                    .json()
                                    .get("registries")
                                    .size()
                            == 2);
            // the two share them out
            for (int i = 0; i < 10; i++) {
                register(outvoted, "/service/doubted", RedisProcess.freePort());
            }
            await().atMost(SOON).until(() -> {
                Map<String, String> questions = redis.commands().hgetall("moa:registry:questions");
                questions
                        .keySet()
                        .forEach(question ->
                                redis.commands().hset("moa:registry:answers", question + "|the-other", "reaching"));
                return words(outvoted, "/service/doubted").contains("but 1 of");
            });

            assertThat(outvoted.get("/v1/instances?service=/service/doubted&status=UP")
                            .json()
                            .get("instances")
                            .size())
                    .isEqualTo(10);
        }
    }

    /** A port to which nobody can connect and that refuses nobody: as many as it queues wait already. */
    private static int deafPort() throws IOException {
        ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        open.add(deaf);
        while (true) {
            Socket waiting = new Socket();
            open.add(waiting);
            try {
                waiting.connect(deaf.getLocalSocketAddress(), 100);
            } catch (SocketTimeoutException full) {
                return deaf.getLocalPort();
            }
        }
    }

    private static void register(String service, int port) {
        register(app, service, port);
    }

    private static void register(RegistryApp at, String service, int port) {
        assertThat(at.post(
                                "/v1/instances",
                                ("{\"service\":\"%s\",\"host\":\"127.0.0.1\",\"port\":%d,"
                                                + "\"ttlSeconds\":null,\"probe\":{\"kind\":\"resp\"}}")
                                        .formatted(service, port))
                        .status())
                .isEqualTo(201);
    }

    private static String words(String service) {
        return words(app, service);
    }

    private static String words(RegistryApp at, String service) {
        JsonNode seen = at.get("/v1/probes?service=" + service).json().path("instances");
        StringBuilder words = new StringBuilder();
        seen.forEach(each -> words.append(each.path("words").asString("")).append('\n'));
        return words.toString();
    }

    private static String status(String service) {
        return app.get("/v1/instances?service=" + service)
                .json()
                .path("instances")
                .path(0)
                .path("status")
                .asString("");
    }
}
