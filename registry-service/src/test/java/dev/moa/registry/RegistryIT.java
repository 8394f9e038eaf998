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
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The registry as its users see it, on a real Redis. */
class RegistryIT {
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
    void instanceIsRegisteredListedRenewedDrainedAndRemoved() {
        Answer registered = register("/service/life", 7001, 30);
        String id = registered.json().get("id").stringValue();
        long incarnation = registered.json().get("incarnation").longValue();
        JsonNode listed = app.get("/v1/instances?service=/service/life").json();
        Answer renewed = renew(id, incarnation);
        Answer drained = app.patch("/v1/instances/" + id + "?incarnation=" + incarnation, "{\"status\":\"DRAINING\"}");
        Answer removed = app.delete("/v1/instances/" + id + "?incarnation=" + incarnation);
        Answer again = app.delete("/v1/instances/" + id + "?incarnation=" + incarnation);

        assertThat(registered.status()).isEqualTo(201);
        assertThat(registered.response().headers().firstValue("Location")).contains("/v1/instances/" + id);
        assertThat(listed.get("instances").get(0).get("port").intValue()).isEqualTo(7001);
        assertThat(listed.get("instances").get(0).get("leaseRemainingMs").longValue())
                .isBetween(20_000L, 30_000L);
        assertThat(renewed.json().get("renewed").get(0).stringValue()).isEqualTo(id);
        assertThat(drained.json().get("revision").longValue()).isEqualTo(2);
        assertThat(removed.status()).isEqualTo(200);
        assertThat(again.status()).isEqualTo(404);
        assertThat(app.get("/v1/changes?service=/service/life&since=2")
                        .json()
                        .get("changes")
                        .get(0)
                        .get("reason")
                        .stringValue())
                .isEqualTo("graceful");
    }

    @Test
    void staleIncarnationIsToldWhichOneIsCurrent() {
        Answer old = register("/service/stale", 7001, 30);
        String id = old.json().get("id").stringValue();
        long given = old.json().get("incarnation").longValue();
        long current = app.post(
                        "/v1/instances",
                        "{\"id\":\"%s\",\"service\":\"/service/stale\",\"host\":\"127.0.0.1\",\"port\":7002}"
                                .formatted(id))
                .json()
                .get("incarnation")
                .longValue();

        for (Answer answer : new Answer[] {
            app.patch("/v1/instances/" + id + "?incarnation=" + given, "{\"weight\":1}"),
            app.delete("/v1/instances/" + id + "?incarnation=" + given),
            renew(id, given)
        }) {
            assertThat(answer.status()).isEqualTo(409);
            assertThat(answer.response().headers().firstValue("Content-Type")).contains("application/problem+json");
            assertThat(answer.json().get("given").longValue()).isEqualTo(given);
            assertThat(answer.json().get("current").longValue()).isEqualTo(current);
            assertThat(answer.json().has("todo")).isTrue();
        }
        assertThat(app.get("/v1/instances/" + id).json().get("port").intValue()).isEqualTo(7002);
    }

    @Test
    void expiryIsNoticedWithinASecond() {
        long registered = System.nanoTime();
        register("/service/silent", 7001, 1);

        await().atMost(Duration.ofSeconds(5))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> app.get("/v1/instances?service=/service/silent")
                        .json()
                        .get("instances")
                        .isEmpty());

        assertThat(Duration.ofNanos(System.nanoTime() - registered))
                .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
        assertThat(app.get("/v1/changes?service=/service/silent&since=1")
                        .json()
                        .get("changes")
                        .get(0)
                        .get("reason")
                        .stringValue())
                .isEqualTo("lease-lost");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"service\":\"Bad Name\",\"host\":\"h\",\"port\":1} | Bad Name | 128",
                "{\"service\":\"/service/a\",\"host\":\"h\",\"port\":0} | 0 | 65535",
                "{\"service\":\"/service/a\",\"host\":\"h\",\"port\":70000} | 70000 | 65535",
                "{\"service\":\"/service/a\",\"host\":\"h\",\"port\":\"80\"} | 80 | 65535",
                "{\"service\":\"/service/a\",\"host\":\"h\"} | absent | 65535",
                "{\"service\":\"/service/a\",\"host\":\"h\",\"port\":1,\"weight\":1001} | 1001 | 1000",
                "{\"service\":\"/service/a\",\"host\":\"h\",\"port\":1,\"weight\":-1} | -1 | 1000",
                "{\"service\":\"/service/a\",\"host\":\"h\",\"port\":1,\"ttlSeconds\":4000} | 4000 | 3600",
                "{\"service\":\"/service/a\",\"host\":\"h\",\"port\":1,\"ttlSeconds\":null} | null | probe",
                "{\"service\":\"/service/a\",\"host\":\"h\",\"port\":1,\"probe\":{\"kind\":\"http\"}} | null | path",
                "{\"service\":\"/service/a\",\"host\":\"h\",\"port\":1,\"probe\":{\"kind\":\"icmp\"}} | icmp | tcp",
                "{\"service\":\"/service/a\",\"host\":\"0.0.0.0\",\"port\":1} | 0.0.0.0 | 253",
                "{\"service\":\"/service/a\",\"host\":\"http://h\",\"port\":1} | http://h | 253",
                "{\"service\":\"/service/a\",\"host\":\"h\",\"port\":1,\"wieght\":1} | wieght | weight",
                "{\"service\":\"/service/a\",\"host\":\"h\",\"port\":1,\"tags\":{\"a\":1}} | 1 | 32",
                "{\"service\":\"/service/a\",\"host\":\"h\",\"port\":1,\"protocols\":[]} | 0 | 8",
                "{\"service\":\"/service/a\",\"host\":\"h\",\"port\":1,\"id\":\"x\"} | x | L3NlcnZpY2UvYQ.",
                "{\"service\":\"/service/a\",\"host\":\"h\",\"port\":1,\"status\":\"up\"} | up | DRAINING",
                "{\"service\": | not readable | JSON",
                "[1] | list | object",
                "{\"x\":[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]} | not readable | 20"
            })
    void badRegistrationIsAnsweredWithValueLimitAndWhatToDo(String body, String value, String limit) {
        Answer answer = app.post("/v1/instances", body);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.response().headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.json().get("value").stringValue()).contains(value);
        assertThat(answer.json().get("limit").stringValue()).contains(limit);
        assertThat(answer.json().get("todo").stringValue()).isNotBlank();
    }

    @Test
    void tooLargeBodyIsRefusedWhileItIsRead() {
        String value = "x".repeat(60_000);
        String body = "{\"metadata\":{\"a\":\"%s\",\"b\":\"%s\",\"c\":\"%s\",\"d\":\"%s\",\"e\":\"%s\"}}"
                .formatted(value, value, value, value, value);

        Answer chunked = app.send(HttpRequest.newBuilder(app.uri("/v1/instances"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofInputStream(
                        () -> new java.io.ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)))));

        assertThat(chunked.status()).isEqualTo(413);
        assertThat(chunked.json().get("limit").stringValue()).contains("262144");
    }

    @Test
    void otherMistakesAreProblemsToo() {
        Answer noService = app.get("/v1/instances");
        Answer noIncarnation = app.delete("/v1/instances/L3NlcnZpY2UvYQ.x");
        Answer badId = app.delete("/v1/instances/x?incarnation=1");
        Answer badLeases = app.put("/v1/leases", "{\"leases\":[{\"id\":\"L3NlcnZpY2UvYQ.x\"}]}");
        Answer badLimit = app.get("/v1/services?limit=100000");
        Answer badToken = app.get("/v1/watch?service=/service/a&since=zzz");
        Answer text = app.send(HttpRequest.newBuilder(app.uri("/v1/instances"))
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("x")));

        for (Answer answer : new Answer[] {noService, noIncarnation, badId, badLeases, badLimit, badToken}) {
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.json().has("value")).isTrue();
            assertThat(answer.json().has("limit")).isTrue();
            assertThat(answer.json().has("todo")).isTrue();
        }
        assertThat(text.status()).isEqualTo(415);
        assertThat(app.get("/actuator/health").status()).isEqualTo(200);
    }

    @Test
    void servicesAreListedByPages() {
        register("/service/page/a", 7001, 30);
        register("/service/page/b", 7001, 30);
        register("/service/page/b", 7002, 30);

        JsonNode first = app.get("/v1/services?limit=1").json();
        int pages = 1;
        String seen = first.get("services").get(0).get("service").stringValue();
        JsonNode last = first;
        while (!last.get("next").isNull()) {
            last = app.get("/v1/services?limit=1&cursor=" + last.get("next").stringValue())
                    .json();
            JsonNode service = last.get("services").get(0);
            assertThat(service.get("service").stringValue()).isGreaterThan(seen);
            seen = service.get("service").stringValue();
            if (seen.equals("/service/page/b")) {
                assertThat(service.get("up").intValue()).isEqualTo(2);
            }
            pages++;
        }

        assertThat(pages).isGreaterThanOrEqualTo(2);
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
    void listsAreFilteredByZoneVersionTagsStatusAndLane() {
        String body = "{\"service\":\"/service/lanes\",\"host\":\"127.0.0.1\",\"port\":%d,\"ttlSeconds\":60,"
                + "\"zone\":\"%s\",\"version\":\"%s\",\"tags\":%s,\"metadata\":{\"warmUpSeconds\":\"600\"}}";
        app.post("/v1/instances", body.formatted(1, "east", "1", "{}"));
        app.post("/v1/instances", body.formatted(2, "west", "1", "{\"lane\":\"blue\",\"disk\":\"ssd\"}"));
        app.post("/v1/instances", body.formatted(3, "west", "2", "{\"disk\":\"hdd\"}"));
        String list = "/v1/instances?service=/service/lanes";

        assertThat(ports(list)).containsExactlyInAnyOrder(1, 2, 3);
        assertThat(ports(list + "&zone=west")).containsExactlyInAnyOrder(2, 3);
        assertThat(ports(list + "&zone=west&version=2")).containsExactly(3);
        assertThat(ports(list + "&tag=disk")).containsExactlyInAnyOrder(2, 3);
        assertThat(ports(list + "&tag=disk:ssd")).containsExactly(2);
        assertThat(ports(list + "&status=DRAINING")).isEmpty();
        assertThat(ports(list + "&lane=green%7Cblue%7Cbase")).containsExactly(2);
        assertThat(ports(list + "&lane=green%7Cbase")).containsExactlyInAnyOrder(1, 3);
        assertThat(ports(list + "&lane=green%7C*")).hasSize(3);
        assertThat(app.get(list + "&lane=a%7C%7Cb").status()).isEqualTo(400);
        assertThat(app.get(list)
                        .json()
                        .get("instances")
                        .get(0)
                        .get("warmWeight")
                        .intValue())
                .isBetween(10, 15);
    }

    @Test
    void differenceDigestAndTargetsTellWhatIs() {
        Answer first = register("/service/past", 7001, 60);
        Answer second = register("/service/past", 7002, 60);
        String path = "/v1/instances/%s?incarnation=%s";
        String digest = digest("/service/past");
        app.delete(path.formatted(
                first.json().get("id").stringValue(), first.json().get("incarnation")));
        app.patch(
                path.formatted(
                        second.json().get("id").stringValue(), second.json().get("incarnation")),
                "{\"weight\":5}");
        register("/service/past", 7003, 60);

        JsonNode diff = app.get("/v1/diff?service=/service/past&from=2").json();
        JsonNode early = app.get("/v1/diff?service=/service/past&from=0&to=2").json();
        Answer beyond = app.get("/v1/diff?service=/service/past&from=2&to=99");
        JsonNode targets =
                app.get("/v1/prometheus/targets?service=/service/past").json();

        assertThat(diff.get("differences").toString()).contains("\"removed\"", "\"changed\"", "\"added\"");
        assertThat(diff.get("differences").size()).isEqualTo(3);
        assertThat(diff.get("to").longValue()).isEqualTo(5);
        assertThat(early.get("differences").size()).isEqualTo(2);
        assertThat(beyond.status()).isEqualTo(400);
        assertThat(digest).hasSize(16).isNotEqualTo(digest("/service/past"));
        assertThat(targets.size()).isEqualTo(2);
        assertThat(targets.toString()).contains("127.0.0.1:7003", "\"__meta_moa_service\":\"/service/past\"");
    }

    private static String digest(String service) {
        return app.get("/v1/digests?service=" + service)
                .json()
                .get("digests")
                .get(0)
                .get("digest")
                .stringValue();
    }

    private static java.util.List<Integer> ports(String path) {
        java.util.List<Integer> ports = new java.util.ArrayList<>();
        app.get(path)
                .json()
                .get("instances")
                .forEach(each -> ports.add(each.get("port").intValue()));
        return ports;
    }

    @Test
    void apiDocumentAndMetricsAreThere() {
        JsonNode document = app.get("/v3/api-docs").json();
        String metrics = HttpText.get(app.uri("/actuator/prometheus"));

        assertThat(document.get("paths").has("/v1/instances")).isTrue();
        for (String path : new String[] {"watch", "diff", "digests", "overrides", "intent", "audit", "probes"}) {
            assertThat(document.get("paths").has("/v1/" + path)).as(path).isTrue();
        }
        assertThat(metrics).contains("moa_registry_registrations_total", "moa_registry_store_up 1.0");
        assertThat(app.get("/actuator/env").status()).isEqualTo(404);
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

    private static Answer renew(String id, long incarnation) {
        return app.put("/v1/leases", "{\"leases\":[{\"id\":\"%s\",\"incarnation\":%d}]}".formatted(id, incarnation));
    }
}
