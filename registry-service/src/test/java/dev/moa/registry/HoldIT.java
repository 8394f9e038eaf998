package dev.moa.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.CallContext;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.protocol.client.MoaConnection;
import dev.moa.registry.RegistryApp.Answer;
import dev.moa.registry.RegistryApp.Watch;
import dev.moa.testkit.redis.RedisProcess;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Connections that stay: holds, by which the registry notices that a process died, and watches. */
class HoldIT {
    private static RedisProcess redis;
    private static RegistryApp app;

    @BeforeAll
    static void start(@TempDir Path data) {
        redis = new RedisProcess(data).start();
        app = new RegistryApp(redis.url());
        await().atMost(Duration.ofSeconds(10)).until(() -> holds() == 1);
    }

    @AfterAll
    static void stop() {
        long asked = System.nanoTime();
        app.close();
        Duration took = Duration.ofNanos(System.nanoTime() - asked);
        redis.close();

        assertThat(took)
                .as("open holds and watches do not keep a registry from stopping")
                .isLessThan(Duration.ofSeconds(6));
    }

    @Test
    void processWhoseConnectionBreaksAndWhosePortIsClosedIsRemovedAtOnce() throws Exception {
        int dead = RedisProcess.freePort();
        Answer registered = register("/service/dying", dead, 30);

        hold(registered).close();

        await().atMost(Duration.ofSeconds(1))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> app.get("/v1/instances?service=/service/dying")
                        .json()
                        .get("instances")
                        .isEmpty());
        assertThat(app.get("/v1/changes?service=/service/dying&since=1")
                        .json()
                        .get("changes")
                        .get(0)
                        .get("reason")
                        .stringValue())
                .isEqualTo("probe-failed");
    }

    @Test
    void processWhoseConnectionBreaksAndWhosePortAnswersIsLeftToItsLease() throws Exception {
        try (ServerSocket alive = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Answer registered = register("/service/living", alive.getLocalPort(), 30);

            hold(registered).close();

            await().during(Duration.ofSeconds(1))
                    .atMost(Duration.ofSeconds(3))
                    .until(() -> app.get("/v1/instances?service=/service/living")
                                    .json()
                                    .get("instances")
                                    .size()
                            == 1);
        }
    }

    @Test
    void processThatDiesWithoutAWordIsGoneWithinASecond() throws Exception {
        double holdsBefore = holds();
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
            await().atMost(Duration.ofSeconds(20)).until(() -> holds() > holdsBefore);
            int before = app.get("/v1/instances?service=/service/short-lived")
                    .json()
                    .get("instances")
                    .size();

            process.destroyForcibly();

            assertThat(before).isEqualTo(1);
            await().atMost(Duration.ofSeconds(1))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> app.get("/v1/instances?service=/service/short-lived")
                            .json()
                            .get("instances")
                            .isEmpty());
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void holdIsAnsweredWhenItsTimeIsOver() throws Exception {
        try (ServerSocket alive = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                MoaConnection connection = connect()) {
            Answer registered = register("/service/holding", alive.getLocalPort(), 30);

            CallResponse answer = connection
                    .call(holdRequest(registered, 700), Deadline.afterMillis(700))
                    .get(3, TimeUnit.SECONDS);

            assertThat(answer.isOk()).as(String.valueOf(answer.message())).isTrue();
            assertThat(connection
                            .call(
                                    CallRequest.of(
                                            ServiceName.of("/service/registry"), "$describe", Payload.NO_ARGUMENTS),
                                    Deadline.afterMillis(3_000))
                            .get(5, TimeUnit.SECONDS)
                            .resultOrThrow()
                            .text())
                    .contains("\"signature\":\"hold(leases: List<Lease>): Held\"", "\"name\":\"Registration\"");
        }
    }

    @Test
    void staleReaderOfAWatchCostsTheOthersNothing() throws Exception {
        try (Socket slow = new Socket("127.0.0.1", app.uri("/").getPort());
                Watch quick = app.watch("service=/service/busy")) {
            slow.setReceiveBufferSize(1024);
            OutputStream out = slow.getOutputStream();
            out.write("GET /v1/watch?service=/service/busy HTTP/1.1\r\nHost: x\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            String id = register("/service/busy", 7000, 30).json().get("id").stringValue();

            for (int i = 1; i <= 200; i++) {
                app.post(
                        "/v1/instances",
                        "{\"id\":\"%s\",\"service\":\"/service/busy\",\"host\":\"127.0.0.1\",\"port\":%d}"
                                .formatted(id, 7000 + i));
            }

            await().atMost(Duration.ofSeconds(2))
                    .untilAsserted(() -> assertThat(quick.changes()
                                    .get(quick.changes().size() - 1)
                                    .get("revision")
                                    .longValue())
                            .isEqualTo(201));
        }
    }

    @Test
    void watchTellsChangesAndGoesOnWhereItWas() {
        Answer first = register("/service/watched", 7001, 30);
        String token;
        try (Watch watch = app.watch("service=/service/watched&service=/service/unheard")) {
            await().atMost(Duration.ofSeconds(5)).until(() -> !watch.lastToken().isEmpty());
            register("/service/watched", 7002, 30);
            await().atMost(Duration.ofSeconds(1)).until(() -> watch.changes().size() >= 3);

            assertThat(watch.changes().get(0).get("snapshot").size()).isEqualTo(1);
            assertThat(watch.changes().get(1).get("snapshot").isEmpty()).isTrue();
            JsonNode change = watch.changes().get(2);
            assertThat(change.get("revision").longValue()).isEqualTo(2);
            assertThat(change.get("changes").get(0).get("type").stringValue()).isEqualTo("REGISTERED");
            token = watch.lastToken();
        }
        app.delete("/v1/instances/" + first.json().get("id").stringValue() + "?incarnation="
                + first.json().get("incarnation").longValue());

        try (Watch resumed = app.watch("service=/service/watched&service=/service/unheard&since=" + token)) {
            await().atMost(Duration.ofSeconds(5))
                    .until(() -> !resumed.lastToken().isEmpty());

            assertThat(resumed.changes()).singleElement().satisfies(event -> {
                assertThat(event.get("revision").longValue()).isEqualTo(3);
                assertThat(event.get("changes").get(0).get("type").stringValue())
                        .isEqualTo("REMOVED");
            });
        }
    }

    private static MoaConnection connect() throws Exception {
        return MoaConnection.open(new InetSocketAddress("127.0.0.1", app.moaPort()), ConnectionOptions.defaults())
                .get(5, TimeUnit.SECONDS);
    }

    private static MoaConnection hold(Answer registered) throws Exception {
        MoaConnection connection = connect();
        double holdsBefore = holds();
        CompletableFuture<CallResponse> held =
                connection.call(holdRequest(registered, 20_000), Deadline.afterMillis(20_000));
        await().atMost(Duration.ofSeconds(5)).until(() -> holds() > holdsBefore);
        assertThat(held).isNotDone();
        return connection;
    }

    // the registry itself registers its own service and holds that
    private static double holds() {
        return HttpText.get(app.uri("/actuator/prometheus"))
                .lines()
                .filter(line -> line.startsWith("moa_registry_holds "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
                .sum();
    }

    private static CallRequest holdRequest(Answer registered, long timeoutMs) {
        String args = "[[{\"id\":\"%s\",\"incarnation\":%d}]]"
                .formatted(
                        registered.json().get("id").stringValue(),
                        registered.json().get("incarnation").longValue());
        return CallRequest.of(ServiceName.of("/service/registry"), "hold", Payload.json(args))
                .withCtx(CallContext.EMPTY.withTimeoutMs(timeoutMs));
    }

    private static Answer register(String service, int port, int ttlSeconds) {
        return app.post(
                "/v1/instances",
                "{\"service\":\"%s\",\"host\":\"127.0.0.1\",\"port\":%d,\"ttlSeconds\":%d}"
                        .formatted(service, port, ttlSeconds));
    }
}
