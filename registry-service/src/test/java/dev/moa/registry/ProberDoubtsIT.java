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

/** A registry whose probes fail: where it takes nobody out for it, and where doubts may not keep it from that. */
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
        // the other reaches everybody: this test
        try (RegistryApp outvoted = withAnother()) {
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

    @Test
    @Order(4)
    void answersToAnEarlierQuestionDoNotCount() throws IOException {
        try (RegistryApp asking = withAnother();
                ServerSocket lives = new ServerSocket(0, 4_000, InetAddress.getLoopbackAddress())) {
            List<JsonNode> registered = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                registered.add(register(asking, "/service/asked", lives.getLocalPort(), "tcp"));
            }
            await().atMost(SOON).until(() -> {
                JsonNode seen =
                        asking.get("/v1/probes?service=/service/asked").json().path("instances");
                return !seen.isEmpty()
                        && seen.valueStream()
                                .allMatch(
                                        each -> each.path("state").asString("").equals("in"));
            });
            for (JsonNode each : registered) {
                String question = each.get("id").stringValue() + "|"
                        + each.get("incarnation").longValue();
                redis.commands().hset("moa:registry:answers", question + "|the-other", "failing");
            }

            lives.close();

            await().pollInterval(Duration.ofMillis(50))
                    .atMost(SOON)
                    .until(() -> words(asking, "/service/asked").contains("but 0 of 2 registries reach it, 1 do not"));
            assertThat(asking.get("/v1/instances?service=/service/asked&status=UP")
                            .json()
                            .get("instances")
                            .size())
                    .isEqualTo(10);
        }
    }

    @Test
    @Order(5)
    void probesThatTakeLongerThanAVoteMayMakeAVerdictToo() throws IOException {
        redis.commands().flushall();
        try (RegistryApp slow = new RegistryApp(
                        redis.url(),
                        "--moa.registry.prober.interval=200ms",
                        "--moa.registry.prober.timeout=1100ms",
                        "--moa.registry.prober.failures=2");
                ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            register(slow, "/service/mute", mute.getLocalPort());

            await().atMost(SOON).until(() -> status(slow, "/service/mute").equals("DOWN"));
        }
    }

    /** A registry beside which another one lives, of which there are but the signs. */
    private static RegistryApp withAnother() {
        redis.commands().flushall();
        redis.commands().zadd("moa:registry:replicas", System.currentTimeMillis() + 3_600_000, "the-other");
        RegistryApp one = new RegistryApp(redis.url(), QUICK);
        await().atMost(SOON)
                .until(() -> one.get("/v1/probes?service=/service/any")
                                .json()
                                .get("registries")
                                .size()
                        == 2);
        return one;
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
        register(at, service, port, "resp");
    }

    private static JsonNode register(RegistryApp at, String service, int port, String probe) {
        RegistryApp.Answer answer = at.post(
                "/v1/instances",
                ("{\"service\":\"%s\",\"host\":\"127.0.0.1\",\"port\":%d,"
                                + "\"ttlSeconds\":null,\"probe\":{\"kind\":\"%s\"}}")
                        .formatted(service, port, probe));
        assertThat(answer.status()).isEqualTo(201);
        return answer.json();
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
        return status(app, service);
    }

    private static String status(RegistryApp at, String service) {
        return at.get("/v1/instances?service=" + service)
                .json()
                .path("instances")
                .path(0)
                .path("status")
                .asString("");
    }
}
