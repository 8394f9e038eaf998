package dev.moa.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.registry.RegistryApp.Answer;
import dev.moa.registry.RegistryApp.Watch;
import dev.moa.sdk.MoaServer;
import io.lettuce.core.RestoreArgs;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What operators want beside what instances say, and drains. */
class OverridesIT extends OneRegistry {
    private static final Duration SOON = Duration.ofSeconds(10);

    @Test
    void overrideStandsBesideWhatTheInstanceSaysAndLiftingItGivesThatBack() {
        Answer registered = register("/service/heavy", "a", 7001);

        Answer put = override("/service/heavy", scope(registered), "{\"weight\":10,\"tags\":{\"lane\":\"blue\"}}", "");
        JsonNode during = only("/service/heavy");
        app.patch(path(registered), "{\"weight\":50}");
        JsonNode changed = only("/service/heavy");
        Answer again = register("/service/heavy", "a", 7001, 50);
        app.delete("/v1/overrides/" + put.json().get("override").get("id").stringValue()
                + "?service=/service/heavy&reason=done");
        JsonNode after = only("/service/heavy");

        assertThat(put.status()).isEqualTo(201);
        assertThat(put.json().get("changed").intValue()).isEqualTo(1);
        assertThat(during.get("weight").intValue()).isEqualTo(10);
        assertThat(during.get("tags").get("lane").stringValue()).isEqualTo("blue");
        assertThat(during.get("overridden").get("weight").intValue()).isEqualTo(100);
        assertThat(during.get("overridden").get("by").toString()).contains("local: too slow");
        assertThat(changed.get("weight").intValue()).isEqualTo(10);
        assertThat(changed.get("overridden").get("weight").intValue()).isEqualTo(50);
        assertThat(again.json().get("incarnation")).isEqualTo(registered.json().get("incarnation"));
        assertThat(after.get("weight").intValue()).isEqualTo(50);
        assertThat(after.get("tags").isEmpty()).isTrue();
        assertThat(after.has("overridden")).isFalse();
        assertThat(app.get("/v1/audit?service=/service/heavy")
                        .json()
                        .get("entries")
                        .toString())
                .contains("\"action\":\"override\"", "\"action\":\"lift\"", "\"author\":\"local\"", "done");
    }

    @Test
    void newRegistrationInheritsALastingOverrideOnly() {
        Answer first = register("/service/heir", "a", 7001);
        override("/service/heir", scope(first), "{\"weight\":1}", "");
        override("/service/heir", "{\"zone\":\"z1\"}", "{\"tags\":{\"slow\":\"yes\"}}", "");

        Answer second = register("/service/heir", "a", 7002);

        assertThat(second.json().get("incarnation")).isNotEqualTo(first.json().get("incarnation"));
        assertThat(only("/service/heir").get("weight").intValue()).isEqualTo(100);
        assertThat(only("/service/heir").get("tags").get("slow").stringValue()).isEqualTo("yes");
    }

    @Test
    void overrideEndsByItselfAndNeverMakesAnInstanceBetterThanItSays() {
        Answer registered = register("/service/brief", "a", 7001);
        override("/service/brief", scope(registered), "{\"status\":\"DOWN\"}", ",\"expiresSeconds\":1,\"force\":true");
        String during = only("/service/brief").get("status").stringValue();

        await().atMost(SOON)
                .until(() -> only("/service/brief").get("status").stringValue().equals("UP"));
        app.patch(path(registered), "{\"status\":\"DRAINING\"}");
        override("/service/brief", scope(registered), "{\"status\":\"UP\"}", "");

        assertThat(during).isEqualTo("DOWN");
        assertThat(only("/service/brief").get("status").stringValue()).isEqualTo("DRAINING");
        await().atMost(SOON)
                .until(() -> app.get("/v1/audit?service=/service/brief")
                        .json()
                        .toString()
                        .contains("\"expire\""));
    }

    @Test
    void overrideThatLeavesNobodyIsRefusedUnlessItIsMeant() {
        register("/service/pair", "a", 7001);
        register("/service/pair", "b", 7002);

        Answer all = override("/service/pair", "{}", "{\"weight\":0}", "");
        Answer one = override("/service/pair", "{\"address\":\"127.0.0.1:7001\"}", "{\"status\":\"DOWN\"}", "");
        Answer theOther =
                override("/service/pair", "{\"address\":\"127.0.0.1:7002\"}", "{\"status\":\"DRAINING\"}", "");
        Answer lighter = override("/service/pair", "{}", "{\"weight\":1}", "");
        Answer meant = override("/service/pair", "{}", "{\"weight\":0}", ",\"force\":true");
        Answer nobodyIsLeft = override("/service/pair", "{}", "{\"status\":\"DOWN\"}", "");

        assertThat(all.status()).isEqualTo(400);
        assertThat(all.json().get("detail").stringValue()).contains("all 2 instances of /service/pair");
        assertThat(all.json().get("todo").stringValue()).contains("\"force\":true");
        assertThat(one.status()).isEqualTo(201);
        assertThat(theOther.status()).isEqualTo(400);
        assertThat(lighter.status()).isEqualTo(201);
        assertThat(meant.status()).isEqualTo(201);
        assertThat(nobodyIsLeft.status()).isEqualTo(201);
    }

    @Test
    void intentIsExportedRestoredAndOutlivesAnEmptiedRedis() throws IOException {
        register("/service/kept", "a", 7001);
        Answer put = override("/service/kept", "{}", "{\"weight\":7}", "");
        String id = put.json().get("override").get("id").stringValue();
        JsonNode exported = app.get("/v1/intent?service=/service/kept").json();
        app.delete("/v1/overrides/" + id + "?service=/service/kept");
        int lifted = only("/service/kept").get("weight").intValue();

        Answer restored = app.put("/v1/intent", exported.toString());
        JsonNode audit = app.get("/v1/audit?limit=2&service=/service/kept").json();
        int again = only("/service/kept").get("weight").intValue();
        // until the registry has looked after it once
        await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
        redis.commands().flushall();
        await().atMost(SOON)
                .until(() -> app.get("/v1/overrides?service=/service/kept")
                        .json()
                        .toString()
                        .contains(id));
        register("/service/kept", "a", 7001);

        assertThat(lifted).isEqualTo(100);
        assertThat(restored.json().get("restored").intValue()).isEqualTo(1);
        assertThat(audit.path("entries").path(0).path("action").stringValue()).isEqualTo("restore");
        assertThat(audit.path("entries").path(1).path("action").stringValue()).isEqualTo("lift");
        assertThat(again).isEqualTo(7);
        assertThat(only("/service/kept").get("weight").intValue()).isEqualTo(7);
    }

    @Test
    void freshOverrideOfAnInstanceOutlivesAReplicaThatWasBehind() {
        Answer registered = register("/service/fresh", "a", 7001);
        Map<String, byte[]> replicated = redis.commands().keys("moa:{/service/fresh}:*").stream()
                .collect(Collectors.toMap(key -> key, key -> redis.commands().dump(key)));

        override("/service/fresh", scope(registered), "{\"status\":\"DOWN\"}", ",\"force\":true");
        redis.commands().del(redis.commands().keys("moa:{/service/fresh}:*").toArray(String[]::new));
        replicated.forEach((key, value) ->
                redis.commands().restore(key, value, RestoreArgs.Builder.ttl(0).replace()));

        await().atMost(SOON)
                .until(() -> only("/service/fresh").get("status").stringValue().equals("DOWN"));
        assertThat(only("/service/fresh").get("incarnation"))
                .isEqualTo(registered.json().get("incarnation"));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(app.get("/v1/audit?service=/service/fresh")
                                .json()
                                .toString())
                        .contains("\"action\":\"restore\"", "DOWN", "Redis lost it"));
    }

    @Test
    void whatWasLiftedStaysSoWithAReplicaThatWasBehind() {
        Answer registered = register("/service/undrained", "a", 7001);
        Answer put = override("/service/undrained", scope(registered), "{\"status\":\"DRAINING\"}", ",\"force\":true");
        String id = put.json().get("override").get("id").stringValue();
        Map<String, byte[]> replicated = redis.commands().keys("moa:{/service/undrained}:*").stream()
                .collect(Collectors.toMap(key -> key, key -> redis.commands().dump(key)));

        app.delete("/v1/overrides/" + id + "?service=/service/undrained");
        redis.commands().del(replicated.keySet().toArray(String[]::new));
        replicated.forEach((key, value) ->
                redis.commands().restore(key, value, RestoreArgs.Builder.ttl(0).replace()));
        redis.commands().sadd("moa:registry:overridden", "/service/undrained");

        await().atMost(SOON)
                .until(() ->
                        only("/service/undrained").path("status").asString("").equals("UP"));
        assertThat(only("/service/undrained").get("incarnation"))
                .isEqualTo(registered.json().get("incarnation"));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(app.get("/v1/audit?service=/service/undrained")
                                .json()
                                .toString())
                        .contains("\"action\":\"lift\"", id, "Redis lost that it was lifted"));
    }

    @Test
    void overrideOfAnInstanceOutlivesAnEmptiedRedisButNoRestart() {
        Answer first = register("/service/back", "a", 7001);
        override("/service/back", scope(first), "{\"weight\":1}", "");
        redis.commands().flushall();
        await().atMost(SOON)
                .until(() -> app.get("/v1/overrides?service=/service/back")
                        .json()
                        .toString()
                        .contains("expiresAtMs"));

        Answer again = register("/service/back", "a", 7001);
        int afterLoss = only("/service/back").get("weight").intValue();
        await().atMost(SOON)
                .until(() -> app.get("/v1/overrides?service=/service/back")
                        .json()
                        .toString()
                        .contains("\"incarnation\":"
                                + again.json().get("incarnation").longValue()));
        register("/service/back", "a", 7002);

        assertThat(again.json().get("incarnation")).isNotEqualTo(first.json().get("incarnation"));
        assertThat(afterLoss).isEqualTo(1);
        assertThat(only("/service/back").get("weight").intValue()).isEqualTo(100);
    }

    @Test
    void badOverridesAreRefused() {
        String[] bodies = {
            "{}",
            "{\"service\":\"/service/a\",\"scope\":{},\"set\":{},\"reason\":\"x\"}",
            "{\"service\":\"/service/a\",\"scope\":{},\"set\":{\"weight\":null},\"reason\":\"x\"}",
            "{\"service\":\"/service/a\",\"scope\":{\"host\":\"x\"},\"set\":{\"weight\":1},\"reason\":\"x\"}",
            "{\"service\":\"/service/a\",\"scope\":{},\"set\":{\"weight\":1001},\"reason\":\"x\"}",
            "{\"service\":\"/service/a\",\"scope\":{},\"set\":{\"weight\":1}}",
            "{\"service\":\"/service/a\",\"scope\":{},\"set\":{\"weight\":1},\"reason\":\"x\",\"expiresSeconds\":0}"
        };

        for (String body : bodies) {
            Answer answer = app.post("/v1/overrides", body);

            assertThat(answer.status()).as(body).isEqualTo(400);
            assertThat(answer.json().has("todo")).as(body).isTrue();
        }
        assertThat(app.delete("/v1/overrides/o-1?service=/service/a").status()).isEqualTo(404);
        assertThat(app.put("/v1/intent", "{\"overrides\":[{\"id\":1}]}").status())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '~',
            value = {
                "id; \"\"; id",
                "id; \"x\"; id",
                "kind; \"PROBE\"; kind",
                "service; \"x\"; service",
                "scope; {\"zone\":null}; zone",
                "scope; {\"address\":\"x\"}; address",
                "scope; {\"address\":\"10.0.0.1:99999\"}; address",
                "set; {}; set",
                "set; {\"weight\":-1}; weight",
                "author; null; author",
                "reason; 7; reason",
                "createdAtMs; \"x\"; createdAtMs",
                "expiresAtMs; -1; expiresAtMs",
                "incarnation; \"5\"; incarnation"
            })
    void aBrokenExportIsRefusedAsAWholeAndSaysWhere(String field, String value, String name) {
        register("/service/broken", "a", 7001);
        override("/service/broken", "{}", "{\"weight\":7}", "");
        JsonNode exported = app.get("/v1/intent?service=/service/broken").json();
        app.delete("/v1/overrides/"
                + exported.path("overrides").path(0).path("id").stringValue() + "?service=/service/broken");
        ObjectNode second = (ObjectNode) exported.path("overrides").path(0).deepCopy();
        second.set(field, JsonMapper.shared().readTree(value));
        ((ArrayNode) exported.path("overrides")).add(second);

        Answer answer = app.put("/v1/intent", exported.toString());

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("detail").stringValue()).startsWith("overrides[1]." + name + ": ");
        assertThat(answer.json().get("todo").stringValue()).contains("nothing of the export was put in");
        assertThat(only("/service/broken").get("weight").intValue()).isEqualTo(100);
    }

    @Test
    void drainReturnsWhenEverybodyKnowsOrNamesWhoDoesNot() {
        AtomicReference<String> known = new AtomicReference<>("[]");
        AtomicReference<String> watching = new AtomicReference<>("[]");
        ServiceName lookup = ServiceName.of("/service/lookup");
        try (MoaServer router = MoaServer.builder()
                        .app("router")
                        .registries(List.of(app.uri("").toString()))
                        .publish(
                                lookup,
                                (request, call) -> CompletableFuture.completedFuture(CallResponse.success(
                                        request.id(),
                                        // it drives no HAProxy
                                        Payload.json(
                                                switch (request.method()) {
                                                    case "sending" -> "[]";
                                                    case "watchers" -> watching.get();
                                                    default ->
                                                        "{\"revision\":1,\"source\":\"live\",\"instances\":%s}"
                                                                .formatted(known.get());
                                                }))))
                        .build()
                        .start();
                Watch watch = app.watch("service=/service/leaving")) {
            await().atMost(SOON).until(() -> !only("/service/lookup").isMissingNode());
            await().atMost(SOON).until(() -> !watch.lastToken().isEmpty());
            Answer registered = register("/service/leaving", "a", 7001);
            known.set("[{\"id\":%s}]".formatted(registered.json().get("id")));
            String drain = path(registered).replace("?", "/drain?") + "&waitMs=";

            Answer late = app.post(drain + 300, "");
            known.set("[]");
            watching.set("[\"10.0.0.7\"]");
            Answer untold = app.post(drain + 300, "");
            watching.set("[]");
            Answer done = app.post(drain + 9000, "");
            Answer stale = app.post(drain.replaceFirst("incarnation=\\d+", "incarnation=1") + 1, "");

            assertThat(late.json().get("acknowledged").booleanValue()).isFalse();
            assertThat(late.json().get("behind").toString())
                    .contains("router", "127.0.0.1:" + router.port(), "still answers it, at revision 1 from live");
            assertThat(untold.json().get("acknowledged").booleanValue()).isFalse();
            assertThat(untold.json().get("behind").toString()).contains("clients", "10.0.0.7");
            assertThat(done.json().get("acknowledged").booleanValue())
                    .as(done.json().toString())
                    .isTrue();
            assertThat(done.json().get("routers").intValue()).isEqualTo(1);
            assertThat(done.json().get("watches").intValue()).isEqualTo(1);
            assertThat(only("/service/leaving").get("status").stringValue()).isEqualTo("DRAINING");
            assertThat(stale.status()).isEqualTo(409);
        }
    }

    @Test
    void drainNamesWhoCouldNotBeAskedAmongVeryManyRouters() {
        List<Answer> others = new ArrayList<>();
        others.add(register("/service/registry", "other", 1));
        for (int i = 0; i < 202; i++) {
            others.add(register("/service/lookup", "many-" + i, 700 + i));
        }
        try {
            Answer registered = register("/service/crowded", "a", 7001);

            Answer drained = app.post(path(registered).replace("?", "/drain?") + "&waitMs=0", "");

            JsonNode behind = drained.json().get("behind");
            assertThat(drained.json().get("acknowledged").booleanValue()).isFalse();
            assertThat(drained.json().get("routers").intValue()).isEqualTo(200);
            assertThat(behind.findValuesAsString("kind")).contains("registry");
            assertThat(behind.toString()).contains("\"2 more\"", "not asked: at most 200");
        } finally {
            others.forEach(each -> app.delete(path(each)));
        }
    }

    private static Answer register(String service, String unique, int port) {
        return register(service, unique, port, 100);
    }

    private static Answer register(String service, String unique, int port, int weight) {
        String prefix = java.util.Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(service.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return app.post(
                "/v1/instances",
                ("{\"id\":\"%s.%s\",\"service\":\"%s\",\"host\":\"127.0.0.1\",\"port\":%d,\"weight\":%d,"
                                + "\"zone\":\"z1\",\"ttlSeconds\":60}")
                        .formatted(prefix, unique, service, port, weight));
    }

    private static Answer override(String service, String scope, String set, String more) {
        return app.post(
                "/v1/overrides",
                "{\"service\":\"%s\",\"scope\":%s,\"set\":%s,\"reason\":\"too slow\"%s}"
                        .formatted(service, scope, set, more));
    }

    private static String scope(Answer registered) {
        return "{\"instance\":%s}".formatted(registered.json().get("id"));
    }

    private static String path(Answer registered) {
        return "/v1/instances/" + registered.json().get("id").stringValue() + "?incarnation="
                + registered.json().get("incarnation").longValue();
    }

    private static JsonNode only(String service) {
        return app.get("/v1/instances?service=" + service)
                .json()
                .path("instances")
                .path(0);
    }
}
