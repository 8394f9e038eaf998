package dev.moa.async;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.IncomingCall;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.sdk.MoaClient;
import dev.moa.sdk.MoaServer;
import dev.moa.sdk.lookup.StaticDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The application whole, on a real Kafka, with a real HTTP endpoint as target. */
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class AsyncBrokerIT {
    @TempDir
    static Path directory;

    static final ServiceName ECHO = ServiceName.of("/service/echo");
    static final List<CallRequest> calls = new CopyOnWriteArrayList<>();
    static final int moaPort = KafkaProcess.freePort();
    static MoaServer echo;
    static KafkaProcess kafka;
    static TargetServer target;
    static TargetServer slow;
    static ServletWebServerApplicationContext app;
    static BrokerClient broker;

    @BeforeAll
    static void start() throws Exception {
        kafka = new KafkaProcess(directory).start();
        target = new TargetServer();
        slow = new TargetServer();
        echo = MoaServer.builder()
                .app("echo")
                .port(0)
                .registries(List.of())
                .publish(ECHO, AsyncBrokerIT::echo)
                .build()
                .start();
        app = (ServletWebServerApplicationContext) new SpringApplicationBuilder(AsyncBrokerApplication.class)
                .initializers(context -> ((GenericApplicationContext) context)
                        .registerBean(
                                MoaClient.class,
                                () -> MoaClient.builder()
                                        .directory(new StaticDirectory().put(ECHO, "127.0.0.1", echo.port()))
                                        .build()))
                .run(
                        "--server.port=0",
                        "--moa.server.port=" + moaPort,
                        "--spring.kafka.bootstrap-servers=" + kafka.address(),
                        "--moa.async.kafka.partitions=2",
                        "--moa.registry.urls=",
                        "--moa.router.addresses=127.0.0.1:1",
                        "--moa.async.worker.breaker-failures=1000");
        broker = new BrokerClient(app.getWebServer().getPort());
        Awaitility.await()
                .atMost(30, TimeUnit.SECONDS)
                .until(() -> broker.get("/actuator/health").text("status").equals("UP"));
    }

    @AfterAll
    static void stop() {
        app.close();
        echo.close();
        target.close();
        slow.close();
        kafka.close();
    }

    @Test
    void acceptedTaskIsDeliveredAndItsResultIsKept() {
        String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

        BrokerClient.Reply accepted = broker.post(
                "/v1/tasks",
                "{\"url\":\"%s\",\"body\":{\"hello\":\"world\"},\"ctx\":{\"traceparent\":\"%s\"},\"task\":{}}"
                        .formatted(target.url("/plain"), trace));

        assertThat(accepted.status()).isEqualTo(202);
        assertThat(accepted.text("promise")).contains("kill -9 of any process: 0 lost");
        BrokerClient.Reply report = broker.awaitState(accepted.text("taskId"), "SUCCEEDED");
        assertThat(report.body().path("attempts").asInt()).isEqualTo(1);
        assertThat(report.body().path("result").path("body").asString()).isEqualTo("ok");
        TargetServer.Got got = target.got("/plain").get(0);
        assertThat(got.body()).isEqualTo("{\"hello\":\"world\"}");
        assertThat(got.taskId()).isEqualTo(accepted.text("taskId")).startsWith("4bf92f3577b34da6a3ce929d0e0e4736-");
        assertThat(got.traceparent())
                .startsWith("00-4bf92f3577b34da6a3ce929d0e0e4736-")
                .isNotEqualTo(trace);
    }

    @Test
    void orderPerKeyIsKeptThroughRetries() {
        target.answer(
                "/ordered",
                got -> got.body().endsWith("0") && got.attempt() < 3
                        ? TargetServer.Answer.of(503)
                        : TargetServer.Answer.ok());
        List<String> ids = new ArrayList<>();

        for (int i = 0; i < 30; i++) {
            ids.add(broker.submitUrl(
                    target.url("/ordered"),
                    "k" + i % 3 + ":" + i,
                    "{\"key\":\"k%d\",\"retry\":{\"backoffMs\":50}}".formatted(i % 3)));
        }

        ids.forEach(id -> broker.awaitState(id, "SUCCEEDED"));
        for (int key = 0; key < 3; key++) {
            String prefix = "k" + key + ":";
            List<Integer> order = target.got("/ordered").stream()
                    .filter(got -> got.body().startsWith(prefix))
                    .map(got -> Integer.parseInt(got.body().substring(prefix.length())))
                    .toList();
            assertThat(order).isSorted();
            assertThat(order.stream().distinct().count()).isEqualTo(10);
        }
    }

    @Test
    void deadLetterIsListedAndReplayed() {
        target.answer("/broken", got -> TargetServer.Answer.of(500));
        String id = broker.submitUrl(target.url("/broken"), "{\"retry\":{\"maxAttempts\":2,\"backoffMs\":20}}");
        BrokerClient.Reply dead = broker.awaitState(id, "DEAD");
        assertThat(dead.body().path("attempts").asInt()).isEqualTo(2);
        assertThat(dead.text("lastError")).startsWith("HTTP 500");
        assertThat(broker.get("/v1/dead-letters").body().path("deadLetters").toString())
                .contains(id);

        target.answer("/broken", got -> TargetServer.Answer.ok());
        BrokerClient.Reply replayed = broker.post("/v1/dead-letters/" + id + "/replay", "");

        assertThat(replayed.status()).isEqualTo(202);
        assertThat(broker.awaitState(id, "SUCCEEDED").body().path("replays").asInt())
                .isEqualTo(1);
        assertThat(broker.get("/v1/dead-letters").body().path("deadLetters").toString())
                .doesNotContain(id);
        assertThat(broker.post("/v1/dead-letters/" + id + "/replay", "").status())
                .isEqualTo(409);
    }

    @Test
    void refusalOfTheRequestItselfIsNotTriedAgain() {
        target.answer("/refusing", got -> TargetServer.Answer.of(422));

        String id = broker.submitUrl(target.url("/refusing"), "{}");

        broker.awaitState(id, "DEAD");
        assertThat(target.got("/refusing")).hasSize(1);
    }

    @Test
    void delayedTaskComesNotBeforeItsTimeAndCanBeCancelled() {
        long begun = System.nanoTime();
        String id = broker.submitUrl(target.url("/delayed"), "{\"delayMs\":1200}");
        String cancelled = broker.submitUrl(target.url("/delayed-cancelled"), "{\"delayMs\":1200}");
        assertThat(broker.state(id)).isEqualTo("DELAYED");

        BrokerClient.Reply reply = broker.delete("/v1/tasks/" + cancelled);

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.text("state")).isEqualTo("CANCELLED");
        broker.awaitState(id, "SUCCEEDED");
        assertThat(TimeUnit.NANOSECONDS.toMillis(target.got("/delayed").get(0).atNanos() - begun))
                .isBetween(1_200L, 2_500L);
        assertThat(target.got("/delayed-cancelled")).isEmpty();
        assertThat(broker.delete("/v1/tasks/" + id).status()).isEqualTo(409);
    }

    @Test
    void sameDedupeKeyIsOneTask() {
        String first = broker.submitUrl(target.url("/deduped"), "{\"dedupeKey\":\"order-7\"}");
        String second = broker.submitUrl(target.url("/deduped"), "{\"dedupeKey\":\"order-7\"}");

        assertThat(second).isEqualTo(first);
        broker.awaitState(first, "SUCCEEDED");
        assertThat(broker.submitUrl(target.url("/deduped"), "{\"dedupeKey\":\"order-7\"}"))
                .isEqualTo(first);
        assertThat(target.got("/deduped")).hasSize(1);
    }

    @Test
    void taskGoesToAServiceAndItsOutcomeFollowsTheCode() {
        String done = broker.submit("""
                {"service":"/service/echo","method":"echo","args":["hi",1.5],"ctx":{"tags":{"lane":"blue"}},"task":{}}""");
        String wrong = broker.submit("{\"service\":\"/service/echo\",\"method\":\"wrong\",\"task\":{}}");
        String flaky = broker.submit(
                "{\"service\":\"/service/echo\",\"method\":\"flaky\",\"task\":{\"retry\":{\"backoffMs\":20}}}");

        assertThat(broker.awaitState(done, "SUCCEEDED").body().path("result").toString())
                .isEqualTo("[\"hi\",1.5]");
        assertThat(broker.awaitState(wrong, "DEAD").text("lastError")).startsWith("INVALID_ARGUMENT: no");
        assertThat(broker.awaitState(flaky, "SUCCEEDED").body().path("attempts").asInt())
                .isEqualTo(3);
        CallRequest got = calls.stream()
                .filter(c -> done.equals(c.ctx().tags().get("task-id")))
                .findFirst()
                .orElseThrow();
        assertThat(got.ctx().tags())
                .containsEntry("lane", "blue")
                .containsEntry("task-id", done)
                .containsEntry("task-attempt", "1");
        assertThat(got.ctx().traceparent()).startsWith("00-" + done.substring(0, 32));
        assertThat(broker.task(done).text("target")).isEqualTo("/service/echo");
    }

    @Test
    void redisClientSubmitsWithGet() throws Exception {
        String answer = resp(
                "GET", "{\"service\":\"/service/echo\",\"method\":\"echo\",\"args\":[2],\"task\":{\"key\":\"a\"}}");
        String without = resp("GET", "{\"service\":\"/service/echo\",\"method\":\"echo\",\"args\":[2]}");

        JsonNode accepted = JsonMapper.shared().readTree(answer).path("result");
        assertThat(accepted.path("promise").asString()).contains("0 lost");
        broker.awaitState(accepted.path("taskId").asString(), "SUCCEEDED");
        assertThat(without).contains("\"code\":3").contains("task: absent");
    }

    @Test
    void queuesTellWhatWaits() throws Exception {
        try (TargetServer own = new TargetServer()) {
            queuesTellWhatWaits(own);
        }
    }

    private static void queuesTellWhatWaits(TargetServer own) {
        own.answer("/queued", got -> TargetServer.Answer.ok().after(1_000));
        String id = broker.submitUrl(own.url("/queued"), "{}");
        String delayed = broker.submitUrl(own.url("/queued"), "{\"delayMs\":3600000}");

        Awaitility.await().atMost(5, TimeUnit.SECONDS).untilAsserted(() -> {
            JsonNode queue = queue(own.url(""));
            assertThat(queue.path("depth").asInt()).isEqualTo(2);
            assertThat(queue.path("inFlight").asInt()).isEqualTo(1);
            assertThat(queue.path("delayed").asInt()).isEqualTo(1);
            assertThat(broker.state(id)).isEqualTo("RUNNING");
        });
        assertThat(broker.delete("/v1/tasks/" + id).status()).isEqualTo(409);
        assertThat(broker.delete("/v1/tasks/" + delayed).text("state")).isEqualTo("CANCELLED");
        broker.awaitState(id, "SUCCEEDED");
    }

    @Test
    void operatorsSeeTheApiAndTheMetrics() throws Exception {
        broker.awaitState(broker.submitUrl(target.url("/seen"), "{}"), "SUCCEEDED");

        assertThat(broker.get("/v3/api-docs").body().path("paths").propertyNames())
                .contains("/v1/tasks", "/v1/tasks/{id}", "/v1/queues", "/v1/dead-letters", "/v1/dead-letters/replay");
        assertThat(broker.text("/actuator/prometheus"))
                .contains("moa_async_accept_accepted_total")
                .contains("moa_async_worker_ended_total{state=\"SUCCEEDED\"}");
        assertThat(broker.get("/actuator/env").status()).isEqualTo(404);
    }

    @Test
    void slowTargetDoesNotSlowAnother() {
        slow.answer("/stuck", got -> TargetServer.Answer.ok().after(400));
        for (int i = 0; i < 200; i++) {
            broker.submitUrl(slow.url("/stuck"), i % 2 == 0 ? "{}" : "{\"key\":\"stuck\"}");
        }

        long begun = System.nanoTime();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            ids.add(broker.submitUrl(target.url("/quick"), "{\"key\":\"quick\"}"));
        }

        Awaitility.await()
                .atMost(10, TimeUnit.SECONDS)
                .until(() -> target.got("/quick").size() == 20);
        // the hundred tasks of one key alone take 40 s
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun)).isLessThan(8_000);
        assertThat(slow.got("/stuck").size()).isLessThan(150);
    }

    @Test
    void replacedProcessGoesOnWithWhatWasDelayedRetryingAndDead() throws Exception {
        target.answer(
                "/handed-retry",
                got -> got.body().equals("first") && got.attempt() < 3
                        ? TargetServer.Answer.of(503)
                        : TargetServer.Answer.ok());
        target.answer("/handed-dead", got -> TargetServer.Answer.of(404));
        try (KafkaProcess other = new KafkaProcess(Files.createDirectories(directory.resolve("handed"))).start()) {
            String delayed;
            String retrying;
            String behind;
            String dead;
            String done;
            try (ServletWebServerApplicationContext first = run(other)) {
                BrokerClient client = clientOf(first);
                done = client.submitUrl(target.url("/handed-done"), "{\"dedupeKey\":\"once\"}");
                dead = client.submitUrl(target.url("/handed-dead"), "{}");
                delayed = client.submitUrl(target.url("/handed-delayed"), "{\"delayMs\":6000}");
                retrying = client.submitUrl(
                        target.url("/handed-retry"),
                        "first",
                        "{\"key\":\"h\",\"retry\":{\"backoffMs\":3000,\"maxBackoffMs\":3000}}");
                behind = client.submitUrl(target.url("/handed-retry"), "second", "{\"key\":\"h\"}");
                client.awaitState(done, "SUCCEEDED");
                client.awaitState(dead, "DEAD");
                client.awaitState(retrying, "RETRYING");
            }

            try (ServletWebServerApplicationContext second = run(other)) {
                BrokerClient client = clientOf(second);

                client.awaitState(delayed, "SUCCEEDED");
                assertThat(client.awaitState(retrying, "SUCCEEDED")
                                .body()
                                .path("attempts")
                                .asInt())
                        .isEqualTo(3);
                client.awaitState(behind, "SUCCEEDED");
                assertThat(target.got("/handed-retry").stream()
                                .map(TargetServer.Got::body)
                                .toList())
                        .startsWith("first", "first", "first", "second");
                assertThat(client.state(done)).isEqualTo("SUCCEEDED");
                assertThat(client.submitUrl(target.url("/handed-done"), "{\"dedupeKey\":\"once\"}"))
                        .isEqualTo(done);
                assertThat(target.got("/handed-done")).hasSize(1);
                target.answer("/handed-dead", got -> TargetServer.Answer.ok());
                assertThat(client.post("/v1/dead-letters/replay", "{\"target\":\"%s\"}".formatted(target.url("")))
                                .body()
                                .path("replayed")
                                .asInt())
                        .isEqualTo(1);
                client.awaitState(dead, "SUCCEEDED");
                assertThat(target.got("/handed-delayed")).hasSize(1);
            }
        }
    }

    private static ServletWebServerApplicationContext run(KafkaProcess kafka) {
        return (ServletWebServerApplicationContext) new SpringApplicationBuilder(AsyncBrokerApplication.class)
                .run(
                        "--server.port=0",
                        "--moa.server.port=0",
                        "--spring.kafka.bootstrap-servers=" + kafka.address(),
                        "--moa.async.kafka.partitions=1",
                        "--moa.registry.urls=");
    }

    private static BrokerClient clientOf(ServletWebServerApplicationContext context) {
        BrokerClient client = new BrokerClient(context.getWebServer().getPort());
        Awaitility.await()
                .atMost(60, TimeUnit.SECONDS)
                .until(() -> client.get("/actuator/health").text("status").equals("UP"));
        return client;
    }

    private static JsonNode queue(String name) {
        for (JsonNode queue : broker.get("/v1/queues").body().path("targets")) {
            if (queue.path("target").asString().equals(name)) {
                return queue;
            }
        }
        return JsonMapper.shared().createObjectNode();
    }

    private static CompletionStage<CallResponse> echo(CallRequest request, IncomingCall call) {
        calls.add(request);
        long attempt =
                calls.stream().filter(c -> c.method().equals(request.method())).count();
        return CompletableFuture.completedFuture(
                switch (request.method()) {
                    case "wrong" -> CallResponse.failure(request.id(), StatusCode.INVALID_ARGUMENT, "no");
                    case "flaky" ->
                        attempt < 3
                                ? CallResponse.failure(request.id(), StatusCode.UNAVAILABLE, "not yet")
                                : CallResponse.success(request.id(), Payload.NULL);
                    default -> CallResponse.success(request.id(), request.args());
                });
    }

    /** Speaks RESP as a stock client does and returns the bulk reply. */
    private static String resp(String... command) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", moaPort)) {
            socket.setSoTimeout(5_000);
            StringBuilder text = new StringBuilder("*" + command.length + "\r\n");
            for (String part : command) {
                text.append('$')
                        .append(part.length())
                        .append("\r\n")
                        .append(part)
                        .append("\r\n");
            }
            socket.getOutputStream().write(text.toString().getBytes(StandardCharsets.UTF_8));
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            String length = in.readLine();
            assertThat(length).startsWith("$");
            return in.readLine();
        }
    }

    @Test
    void badSubmissionsAreToldWhatIsWrong() {
        assertThat(broker.post("/v1/tasks", "{\"url\":\"http://169.254.169.254/latest/meta-data\",\"task\":{}}")
                        .body()
                        .toString())
                .contains("169.254.169.254")
                .contains("moa.async.http.allow");
        assertThat(broker.post("/v1/tasks", "{\"url\":\"http://example.com/\",\"task\":{\"delayMs\":-1}}")
                        .text("detail"))
                .contains("task.delayMs: -1");
        assertThat(broker.post("/v1/tasks", "{\"service\":\"/service/user\",\"method\":\"get\"}")
                        .text("detail"))
                .contains("task: absent");
        assertThat(broker.post("/v1/tasks", "{\"url\":").status()).isEqualTo(400);
        assertThat(broker.get("/v1/tasks/nonsense").status()).isEqualTo(400);
        assertThat(broker.get("/v1/tasks/00000000000000000000000000000001-0000000000000001")
                        .status())
                .isEqualTo(404);
    }
}
