package dev.moa.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.moa.registry.RegistryApp.Answer;
import dev.moa.testkit.redis.RedisProcess;
import io.lettuce.core.RestoreArgs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Two registries that probe real processes together. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ProberIT {
    private static final Duration SOON = Duration.ofSeconds(15);

    private static RedisProcess redis;
    private static RegistryApp app;
    private static RegistryApp other;

    @BeforeAll
    static void start(@TempDir Path data) {
        redis = new RedisProcess(data).start();
        app = new RegistryApp(redis.url(), "--moa.registry.prober.hold-down=200ms");
        other = new RegistryApp(redis.url(), "--moa.registry.prober.hold-down=200ms");
    }

    @AfterAll
    static void stop() {
        app.close();
        other.close();
        redis.close();
    }

    @Test
    @Order(1)
    void whatCannotRenewIsRegisteredWithAProbeAndGoesOutAndComesBackByIt() throws IOException {
        AtomicInteger status = new AtomicInteger(200);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/health", exchange -> {
            exchange.sendResponseHeaders(status.get(), -1);
            exchange.close();
        });
        server.start();
        try {
            await().atMost(SOON)
                    .until(() -> app.get("/v1/probes?service=/service/legacy")
                                    .json()
                                    .get("registries")
                                    .size()
                            == 2);
            Answer registered = app.post(
                    "/v1/instances",
                    ("{\"service\":\"/service/legacy\",\"host\":\"127.0.0.1\",\"port\":%d,\"protocols\":[\"http\"],"
                                    + "\"ttlSeconds\":null,\"probe\":{\"kind\":\"http\",\"path\":\"/health\"}}")
                            .formatted(server.getAddress().getPort()));

            status.set(500);
            await().atMost(SOON)
                    .until(() ->
                            only("/service/legacy").path("status").asString("").equals("DOWN"));
            JsonNode out = only("/service/legacy");
            status.set(200);
            await().atMost(SOON)
                    .until(() ->
                            only("/service/legacy").path("status").asString("").equals("UP"));
            JsonNode back = only("/service/legacy");
            redis.commands().flushall();
            await().atMost(SOON)
                    .until(() ->
                            app.get("/v1/instances?service=/service/legacy").status() == 200);

            assertThat(registered.status()).isEqualTo(201);
            assertThat(registered.json().get("ttlSeconds").isNull()).isTrue();
            assertThat(out.get("reason").stringValue()).isEqualTo("probe-failed");
            assertThat(out.get("overridden").get("by").toString())
                    .contains("prober", "GET /health is answered with 500", "2 of 2 registries");
            assertThat(out.get("overridden").get("status").stringValue()).isEqualTo("UP");
            assertThat(back.has("overridden")).isFalse();
            assertThat(back.get("leaseRemainingMs").isNull()).isTrue();
            assertThat(only("/service/legacy").get("port").intValue())
                    .isEqualTo(server.getAddress().getPort());

            JsonNode again = only("/service/legacy");
            app.delete("/v1/instances/" + again.get("id").stringValue() + "?incarnation="
                    + again.get("incarnation").longValue());
            // until both have looked at the service since
            List<String> later = new ArrayList<>();
            await().atMost(SOON).until(() -> {
                later.add(app.post(
                                "/v1/instances",
                                ("{\"service\":\"/service/legacy\",\"host\":\"127.0.0.1\",\"port\":%d,"
                                                + "\"ttlSeconds\":null,\"probe\":{\"kind\":\"tcp\"}}")
                                        .formatted(server.getAddress().getPort()))
                        .json()
                        .get("id")
                        .stringValue());
                return isAnyProbed(app, later) && isAnyProbed(other, later);
            });
            assertThat(app.get("/v1/instances?service=/service/legacy")
                            .json()
                            .get("instances")
                            .findValuesAsString("id"))
                    .containsAnyElementsOf(later)
                    .doesNotContain(again.get("id").stringValue());
        } finally {
            server.stop(0);
        }
    }

    @Test
    @Order(2)
    void stoppedProcessGoesOutAndComesBackWhenItGoesOnAlsoIfRedisLosesThatItDid() throws Exception {
        Process process = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ShortLived.class.getName(),
                        app.uri("").toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> probed("/service/short-lived").contains("in"));
            boolean connected = only("/service/short-lived").get("connected").booleanValue();

            signal(process, "STOP");
            await().atMost(SOON)
                    .until(() -> only("/service/short-lived")
                            .path("status")
                            .asString("")
                            .equals("DOWN"));
            Map<String, byte[]> replicated = redis.commands().keys("moa:{/service/short-lived}:*").stream()
                    .collect(
                            Collectors.toMap(key -> key, key -> redis.commands().dump(key)));
            signal(process, "CONT");
            await().atMost(SOON)
                    .until(() -> only("/service/short-lived")
                            .path("status")
                            .asString("")
                            .equals("UP"));

            assertThat(connected).isTrue();
            assertThat(reasons("/service/short-lived")).containsSubsequence("probe-failed", "probe-recovered");

            JsonNode back = only("/service/short-lived");
            redis.commands().del(replicated.keySet().toArray(String[]::new));
            replicated.forEach((key, value) -> redis.commands()
                    .restore(key, value, RestoreArgs.Builder.ttl(0).replace()));
            redis.commands().sadd("moa:registry:overridden", "/service/short-lived");
            redis.commands()
                    .zadd(
                            "moa:{/service/short-lived}:leases",
                            System.currentTimeMillis() + 60_000,
                            back.get("id").stringValue());
            await().atMost(SOON)
                    .until(() -> only("/service/short-lived")
                            .path("status")
                            .asString("")
                            .equals("UP"));
            assertThat(only("/service/short-lived").get("incarnation")).isEqualTo(back.get("incarnation"));
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    @Order(3)
    void whoseVerdictRedisLostIsTakenOutAgain() throws IOException {
        Map<String, byte[]> replicated;
        try (ServerSocket port = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            app.post(
                    "/v1/instances",
                    ("{\"service\":\"/service/forgotten\",\"host\":\"127.0.0.1\",\"port\":%d,"
                                    + "\"ttlSeconds\":null,\"probe\":{\"kind\":\"tcp\"}}")
                            .formatted(port.getLocalPort()));
            replicated = redis.commands().keys("moa:{/service/forgotten}:*").stream()
                    .collect(
                            Collectors.toMap(key -> key, key -> redis.commands().dump(key)));
        }
        String verdicts = "moa:{/service/forgotten}:overrides";
        await().atMost(SOON).until(() -> redis.commands().exists(verdicts) == 1);

        String[] forgotten = redis.commands().keys("moa:{/service/forgotten}:*").toArray(String[]::new);
        redis.commands().multi();
        redis.commands().del(forgotten);
        redis.commands().srem("moa:registry:overridden", "/service/forgotten");
        replicated.forEach((key, value) ->
                redis.commands().restore(key, value, RestoreArgs.Builder.ttl(0).replace()));
        redis.commands().exec();

        await().atMost(SOON).until(() -> redis.commands().exists(verdicts) == 1);
        await().atMost(SOON)
                .until(() ->
                        only("/service/forgotten").path("status").asString("").equals("DOWN"));
    }

    @Test
    @Order(4)
    void questionIsAnsweredWhateverTheClockOfWhoAsks() throws IOException {
        try (ServerSocket port = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String question =
                    "{\"key\":\"asked\",\"by\":\"another\",\"host\":\"127.0.0.1\",\"port\":%d,\"spec\":{\"kind\":\"TCP\"},\"atMs\":%d}"
                            .formatted(port.getLocalPort(), System.currentTimeMillis() - 3_600_000);
            redis.commands().hset("moa:registry:questions", "asked", question);

            await().atMost(SOON)
                    .until(() -> redis.commands().hgetall("moa:registry:answers").entrySet().stream()
                                    .filter(each -> each.getKey().startsWith("asked|")
                                            && each.getValue().equals("reaching"))
                                    .count()
                            == 2);
            redis.commands().hdel("moa:registry:questions", "asked");
        }
    }

    @Test
    @Order(5)
    void whatADeadRegistryProbedIsTakenOver() throws IOException {
        try (ServerSocket port = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < 20; i++) {
                app.post(
                        "/v1/instances",
                        ("{\"service\":\"/service/shared\",\"host\":\"127.0.0.1\",\"port\":%d,"
                                        + "\"ttlSeconds\":null,\"probe\":{\"kind\":\"tcp\"}}")
                                .formatted(port.getLocalPort()));
            }
            await().atMost(SOON)
                    .until(() -> probed("/service/shared").size()
                                    + other.get("/v1/probes?service=/service/shared")
                                            .json()
                                            .get("instances")
                                            .size()
                            == 20);
            int mine = probed("/service/shared").size();

            other.close();

            await().atMost(SOON).until(() -> probed("/service/shared").size() == 20);
            assertThat(mine).isLessThan(20);
        }
    }

    private static void signal(Process process, String name) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    private static JsonNode only(String service) {
        return app.get("/v1/instances?service=" + service)
                .json()
                .path("instances")
                .path(0);
    }

    private static boolean isAnyProbed(RegistryApp registry, List<String> ids) {
        return registry.get("/v1/probes?service=/service/legacy")
                .json()
                .get("instances")
                .valueStream()
                .anyMatch(each -> ids.contains(each.get("id").stringValue()));
    }

    private static List<String> probed(String service) {
        List<String> states = new ArrayList<>();
        app.get("/v1/probes?service=" + service)
                .json()
                .get("instances")
                .forEach(each -> states.add(each.get("state").stringValue()));
        return states;
    }

    private static List<String> reasons(String service) {
        List<String> reasons = new ArrayList<>();
        app.get("/v1/changes?service=" + service)
                .json()
                .get("changes")
                .forEach(change -> reasons.add(change.get("reason").stringValue()));
        return reasons;
    }
}
