package dev.moa.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.registry.RegistryApp.Answer;
import dev.moa.registry.RegistryApp.Watch;
import dev.moa.testkit.redis.RedisProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;

/** The registry as its users see it, on a real Redis. */
@ExtendWith(OutputCaptureExtension.class)
class RegistryIT extends OneRegistry {
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

    @Test
    void patchLeavesWhatIsNullAsItIs() {
        Answer registered = app.post(
                "/v1/instances",
                "{\"service\":\"/service/patched\",\"host\":\"127.0.0.1\",\"port\":7001,\"status\":\"DRAINING\","
                        + "\"zone\":\"z1\",\"tags\":{\"lane\":\"blue\"},\"metadata\":{\"a\":\"b\"},\"weight\":7}");
        String id = registered.json().get("id").stringValue();
        String path = "/v1/instances/" + id + "?incarnation="
                + registered.json().get("incarnation").longValue();

        Answer nulls = app.patch(
                path, "{\"weight\":50,\"status\":null,\"zone\":null,\"version\":null,\"tags\":null,\"metadata\":null}");
        JsonNode after = app.get("/v1/instances/" + id).json();
        app.patch(path, "{\"weight\":null,\"tags\":{}}");
        JsonNode emptied = app.get("/v1/instances/" + id).json();

        assertThat(nulls.status()).isEqualTo(200);
        assertThat(after.get("weight").intValue()).isEqualTo(50);
        assertThat(after.get("status").stringValue()).isEqualTo("DRAINING");
        assertThat(after.get("zone").stringValue()).isEqualTo("z1");
        assertThat(after.get("tags").get("lane").stringValue()).isEqualTo("blue");
        assertThat(after.get("metadata").get("a").stringValue()).isEqualTo("b");
        assertThat(emptied.get("weight").intValue()).isEqualTo(50);
        assertThat(emptied.get("tags").isEmpty()).isTrue();
    }

    @Test
    void servicesWhoseDataCannotBeReadHoldNobodyElseUp() throws IOException {
        List<String> broken = List.of("/service/a-broken/1", "/service/a-broken/2", "/service/a-broken/3");
        String probed = "{\"service\":\"%s\",\"host\":\"127.0.0.1\",\"port\":%d,\"ttlSeconds\":60,"
                + "\"probe\":{\"kind\":\"tcp\"}}";
        String override =
                "{\"service\":\"%s\",\"scope\":{},\"set\":{\"weight\":1},\"reason\":\"x\",\"expiresSeconds\":%d}";
        for (String service : broken) {
            app.post("/v1/instances", probed.formatted(service, 7001));
            app.post("/v1/overrides", override.formatted(service, 600));
            redis.commands().del("moa:{%s}:meta".formatted(service));
            redis.commands().set("moa:{%s}:meta".formatted(service), "no hash");
        }
        try (Watch first = app.watch("service=/service/a-broken/1&service=/service/readable/brief");
                Watch second = app.watch("service=/service/readable/lasting")) {
            register("/service/readable/brief", 7001, 1);
            register("/service/readable/lasting", 7001, 60);
            app.post("/v1/overrides", override.formatted("/service/readable/lasting", 1));
            app.post("/v1/instances", probed.formatted("/service/readable/dead", RedisProcess.freePort()));

            await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
                assertThat(listed("/service/readable/brief")).as("expiry").isEmpty();
                assertThat(listed("/service/readable/lasting").get(0).has("overridden"))
                        .as("the end of overrides")
                        .isFalse();
                assertThat(listed("/service/readable/dead").get(0).get("status").stringValue())
                        .as("probes")
                        .isEqualTo("DOWN");
                assertThat(second.changes()).as("watches").isNotEmpty();
                assertThat(first.changes().toString())
                        .as("the other services of a watch")
                        .contains("\"port\":7001", "REMOVED");
            });
        } finally {
            broken.forEach(service -> redis.commands().del("moa:{%s}:meta".formatted(service)));
        }
    }

    @Test
    void watcherWhoseReturnFailedOnceIsToldWhatItMissed(CapturedOutput output) {
        register("/service/missed", 7001, 60);
        // it stays: where one leaves, the feed is read, too
        try (Watch other = app.watch("service=/service/missed")) {
            await().until(() -> !other.lastToken().isEmpty());
            String token = other.lastToken();
            register("/service/missed", 7002, 60);
            await().until(() -> other.changes().toString().contains("\"port\":7002"));
            redis.commands().rename("moa:{/service/missed}:changes", "moa:{/service/missed}:aside");
            redis.commands().set("moa:{/service/missed}:changes", "no stream");

            try (Watch back = app.watch("service=/service/missed&since=" + token)) {
                await().until(() -> output.getAll().contains("/service/missed is passed over"));
                redis.commands().rename("moa:{/service/missed}:aside", "moa:{/service/missed}:changes");
                register("/service/missed", 7003, 60);

                await().untilAsserted(
                                () -> assertThat(back.changes().toString()).contains("\"port\":7002", "\"port\":7003"));
            }
        }
    }

    private static JsonNode listed(String service) {
        return app.get("/v1/instances?service=" + service).json().get("instances");
    }

    @Test
    void apiDocumentAndMetricsAreThere() {
        JsonNode document = app.get("/v3/api-docs").json();
        assertThat(document.at("/info/title").asString()).isEqualTo("moa registry");
        String metrics = HttpText.get(app.uri("/actuator/prometheus"));

        List<String> operations = new ArrayList<>();
        document.get("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(method -> {
                    assertThat(method.getValue().path("summary").asString(""))
                            .as(path.getKey() + " " + method.getKey())
                            .isNotBlank();
                    operations.add(method.getKey() + " " + path.getKey());
                }));
        assertThat(operations)
                .containsExactlyInAnyOrder(
                        "post /v1/instances",
                        "post /v1/instances/batch",
                        "get /v1/instances",
                        "get /v1/instances/{id}",
                        "patch /v1/instances/{id}",
                        "delete /v1/instances/{id}",
                        "post /v1/instances/{id}/drain",
                        "put /v1/leases",
                        "get /v1/services",
                        "get /v1/changes",
                        "get /v1/diff",
                        "get /v1/digests",
                        "get /v1/watch",
                        "post /v1/watch",
                        "get /v1/probes",
                        "get /v1/overrides",
                        "post /v1/overrides",
                        "delete /v1/overrides/{id}",
                        "get /v1/intent",
                        "put /v1/intent",
                        "get /v1/audit",
                        "get /v1/prometheus/targets");
        assertThat(metrics).contains("moa_registry_registrations_total", "moa_registry_store_up 1.0");
        assertThat(app.get("/actuator/env").status()).isEqualTo(404);
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
