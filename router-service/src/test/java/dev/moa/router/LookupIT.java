package dev.moa.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.ServiceName;
import dev.moa.testkit.redis.RedisProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The router against a real Redis that is written as the registry writes it. */
class LookupIT {
    private static final ServiceName USER = ServiceName.of("/service/user");
    private static final ServiceName SITE = ServiceName.of("/service/site");

    @TempDir
    Path directory;

    private RedisProcess redis;
    private RegistryLayout registry;
    private final List<RunningRouter> routers = new ArrayList<>();

    @BeforeEach
    void startRedis() throws Exception {
        redis = new RedisProcess(directory).start();
        registry = new RegistryLayout(() -> redis.commands(), "e1");
    }

    @AfterEach
    void stopAll() throws Exception {
        routers.forEach(RunningRouter::close);
        redis.close();
    }

    private RunningRouter router(String... more) {
        RunningRouter router = RunningRouter.start(redis.url(), directory.resolve("snapshots"), more);
        routers.add(router);
        return router;
    }

    private static List<String> ids(RunningRouter.Reply reply) {
        List<String> ids = new ArrayList<>();
        reply.json()
                .path("instances")
                .forEach(instance -> ids.add(instance.path("id").asString()));
        return ids;
    }

    @Test
    void callableInstancesAreAnsweredWithSourceEpochAndRevision() {
        registry.register(USER, "u1", 6001, "UP");
        registry.register(USER, "u2", 6002, "DRAINING");
        registry.register(USER, "u3", 6003, "DOWN");
        RunningRouter router = router();
        await().until(() -> router.lookup(USER).json().path("source").asString(), "live"::equals);

        RunningRouter.Reply reply = router.lookup(USER);

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.json().path("epoch").asString()).isEqualTo("e1");
        assertThat(reply.json().path("revision").asLong()).isEqualTo(3);
        assertThat(ids(reply)).containsExactly("u1");
        assertThat(ids(router.get("/v1/lookup?all=true&service=" + USER))).containsExactly("u1", "u2", "u3");
        assertThat(router.get("/v1/lookup?service=" + USER, "If-None-Match", reply.etag())
                        .status())
                .isEqualTo(304);
    }

    @Test
    void aChangeIsSeenByWakeUpAtOnce() {
        RunningRouter router = router("--moa.router.live.compare-interval=60s");
        registry.register(USER, "u1", 6001, "UP");
        await().atMost(Duration.ofSeconds(5)).until(() -> ids(router.lookup(USER)), List.of("u1")::equals);
        await().until(() -> router.lookup(USER).json().path("source").asString(), "live"::equals);

        registry.register(USER, "u2", 6002, "UP");

        await().atMost(Duration.ofSeconds(1)).until(() -> ids(router.lookup(USER)), List.of("u1", "u2")::equals);
        registry.remove(USER, "u1", "graceful");
        await().atMost(Duration.ofSeconds(1)).until(() -> ids(router.lookup(USER)), List.of("u2")::equals);
        registry.remove(USER, "u2", "graceful");
        await().atMost(Duration.ofSeconds(1)).until(() -> ids(router.lookup(USER)), List.of()::equals);
        assertThat(router.lookup(USER).status()).isEqualTo(200);
    }

    @Test
    void lostWakeUpsHealByComparison() {
        registry.register(USER, "u1", 6001, "UP");
        RunningRouter router = router();
        await().until(() -> ids(router.lookup(USER)), List.of("u1")::equals);

        registry.silent().register(USER, "u2", 6002, "UP");

        await().atMost(Duration.ofSeconds(5)).until(() -> ids(router.lookup(USER)), List.of("u1", "u2")::equals);
    }

    @Test
    void anUnknownServiceIsNotFoundAndABadNameIsRefused() {
        RunningRouter router = router();

        RunningRouter.Reply unknown = router.lookup("/service/nobody");
        RunningRouter.Reply bad = router.lookup("user");

        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.json().path("detail").asString()).contains("/service/nobody", "no such service");
        assertThat(bad.status()).isEqualTo(400);
        assertThat(bad.json().path("detail").asString()).contains("'user'", "expected");
        assertThat(bad.json().path("value").asString()).contains("user");
        assertThat(bad.json().path("limit").asString()).isNotBlank();
        assertThat(bad.json().path("todo").asString()).contains("/v3/api-docs");
    }

    @Test
    void answersGoOnWhileRedisIsGoneAndAlsoAfterARestart() throws Exception {
        registry.register(USER, "u1", 6001, "UP");
        RunningRouter first = router();
        await().until(() -> ids(first.lookup(USER)), List.of("u1")::equals);
        await().until(() ->
                first.bean(dev.moa.router.snapshot.SnapshotStore.class).fileAgeMs() >= 0);

        redis.kill();

        assertThat(first.lookup(USER).json().path("source").asString()).isEqualTo("live");
        assertThat(ids(first.lookup(USER))).containsExactly("u1");
        first.close();
        RunningRouter second = router();
        RunningRouter.Reply reply = second.lookup(USER);
        assertThat(reply.json().path("source").asString()).isEqualTo("snapshot");
        assertThat(ids(reply)).containsExactly("u1");
        assertThat(second.lookup("/service/nobody").status()).isEqualTo(503);
        assertThat(second.get("/actuator/health/readiness").status()).isEqualTo(200);
        assertThat(second.get("/actuator/health").body()).contains("redis: Redis does not answer");
    }

    @Test
    void aBodyWithoutEndIsRefused() {
        RunningRouter router = router();
        String pinned = "{\"instances\":[],\"reason\":\"%s\"}";

        RunningRouter.Reply tooLarge =
                router.send("PUT", "/v1/pinned?service=" + USER, pinned.formatted("x".repeat(600_000)));
        RunningRouter.Reply large = router.send(
                "PUT", "/v1/pinned?service=" + USER, pinned.formatted("x".repeat(100)) + " ".repeat(400_000));

        assertThat(tooLarge.status()).isEqualTo(413);
        assertThat(tooLarge.json().path("detail").asString())
                .startsWith("body: ")
                .contains("524288");
        assertThat(large.status()).isEqualTo(200);
    }

    @Test
    void anEmptiedRedisIsNotBelievedUntilLiveLeasesHaveSeededItAgain() {
        registry.register(USER, "u1", 6001, "UP");
        registry.register(USER, "u2", 6002, "UP");
        registry.register(SITE, "s1", 6003, "UP");
        RunningRouter router = router();
        await().until(() -> ids(router.lookup(USER)), List.of("u1", "u2")::equals);

        redis.commands().flushall();

        RegistryLayout reborn = new RegistryLayout(() -> redis.commands(), "e2");
        await().until(() -> router.lookup(USER)
                .json()
                .path("instances")
                .path(0)
                .path("held")
                .asBoolean(false));
        assertThat(ids(router.lookup(USER))).containsExactly("u1", "u2");
        reborn.register(USER, "u1", 6001, "UP");
        await().until(() -> router.lookup(USER).json().path("epoch").asString(), "e2"::equals);
        // u2 has not come back yet: held
        assertThat(ids(router.lookup(USER))).containsExactly("u1", "u2");
        reborn.register(USER, "u2", 6002, "UP");
        await().until(() -> !router.lookup(USER).body().contains("\"held\":true"));
        assertThat(ids(router.lookup(USER))).containsExactly("u1", "u2");
        // s1 never comes back: after the hold time the store is believed
        assertThat(ids(router.lookup(SITE))).containsExactly("s1");
        await().atMost(Duration.ofSeconds(10)).until(() -> router.lookup(SITE).status(), status -> status == 404);
    }

    @Test
    void aRealDepartureGoesThroughWhileTheStoreIsSuspected() {
        registry.register(USER, "u1", 6001, "UP");
        registry.register(USER, "u2", 6002, "UP");
        RunningRouter router = router("--moa.router.live.hold=60s");
        await().until(() -> ids(router.lookup(USER)), List.of("u1", "u2")::equals);

        redis.commands().flushall();
        RegistryLayout reborn = new RegistryLayout(() -> redis.commands(), "e2");
        reborn.register(USER, "u1", 6001, "UP");
        reborn.register(USER, "u2", 6002, "UP");
        reborn.remove(USER, "u2", "graceful");

        await().atMost(Duration.ofSeconds(5)).until(() -> ids(router.lookup(USER)), List.of("u1")::equals);
    }

    @Test
    void aRestartedRedisIsFollowedAgain() throws Exception {
        registry.register(USER, "u1", 6001, "UP");
        RunningRouter router = router();
        await().until(() -> ids(router.lookup(USER)), List.of("u1")::equals);

        redis.kill();
        redis.start();
        RegistryLayout reborn = new RegistryLayout(() -> redis.commands(), "e2");
        reborn.register(USER, "u1", 6001, "UP");

        await().atMost(Duration.ofSeconds(10))
                .until(() -> router.lookup(USER).json().path("epoch").asString(), "e2"::equals);
        reborn.register(USER, "u9", 6009, "UP");
        await().atMost(Duration.ofSeconds(5)).until(() -> ids(router.lookup(USER)), List.of("u1", "u9")::equals);
    }

    @Test
    void aSwitchAppliesAtOnceAndOnTheOtherRouter() {
        registry.register(USER, "u1", 6001, "UP");
        RunningRouter one = router();
        RunningRouter two = router("--moa.router.snapshot.directory=" + directory.resolve("other"));
        await().until(() -> two.lookup(USER).json().path("source").asString(), "live"::equals);

        RunningRouter.Reply turned = one.send("PUT", "/v1/sources/live", "{\"enabled\":false}");

        assertThat(turned.status()).isEqualTo(200);
        assertThat(turned.json().path("shared").asBoolean()).isTrue();
        assertThat(one.lookup(USER).json().path("source").asString()).isEqualTo("primary");
        await().atMost(Duration.ofSeconds(2))
                .until(() -> two.lookup(USER).json().path("source").asString(), "primary"::equals);
        assertThat(one.send("PUT", "/v1/sources/nobody", "{\"enabled\":false}").status())
                .isEqualTo(404);
        assertThat(one.send("PUT", "/v1/sources/live", "{}").status()).isEqualTo(400);

        // another order: looked at and compared first, then taken into effect, on both routers
        JsonNode preview = one.get("/v1/preview?order=snapshot").json();
        assertThat(preview.path("compared").asInt()).isEqualTo(1);
        assertThat(preview.path("different").asInt()).isZero();
        JsonNode nobody = one.get("/v1/preview?order=").json();
        assertThat(nobody.path("emptied").asInt()).isEqualTo(1);
        assertThat(nobody.path("divergences").path(0).path("missing").path(0).asString())
                .isEqualTo("127.0.0.1:6001");
        assertThat(one.get("/v1/preview?order=nobody").status()).isEqualTo(400);
        assertThat(one.send("PUT", "/v1/shadow", "{\"order\":[\"snapshot\"]}").status())
                .isEqualTo(200);
        await().until(() -> {
            two.lookup(USER);
            return two.get("/v1/shadow").json().path("compared").asLong() > 0;
        });
        assertThat(two.get("/v1/shadow").json().path("different").asLong()).isZero();
        String order = "[\"snapshot\",\"pinned\",\"live\",\"replica\",\"primary\",\"dns\",\"static\"]";
        assertThat(one.send("PUT", "/v1/order", "{\"order\":" + order + ",\"reason\":\"a try\"}", "Moa-Actor", "anna")
                        .status())
                .isEqualTo(200);
        JsonNode inForce = one.get("/v1/order").json();
        assertThat(inForce.path("order").path(0).asString()).isEqualTo("snapshot");
        assertThat(inForce.path("usual").path(0).asString()).isEqualTo("pinned");
        assertThat(inForce.path("by").asString()).isEqualTo("anna");
        assertThat(inForce.path("reason").asString()).isEqualTo("a try");
        assertThat(inForce.path("shared").asBoolean()).isTrue();
        assertThat(one.send("PUT", "/v1/order", "{\"order\":[\"live\"]}").status())
                .isEqualTo(400);
        await().until(() -> two.lookup(USER).json().path("source").asString(), "snapshot"::equals);
        assertThat(one.send("DELETE", "/v1/shadow", "").status()).isEqualTo(200);
        assertThat(one.get("/v1/shadow").json().path("order").size()).isZero();
        assertThat(one.get("/v1/audit").json().path("entries").findValuesAsString("action"))
                .containsExactly("shadow-end", "order", "shadow", "switch-off");
        assertThat(one.get("/v1/audit").json().path("entries").findValuesAsString("detail"))
                .contains("snapshot, pinned, live, replica, primary, dns, static");
    }

    @Test
    void aSwitchTurnedWithoutRedisIsKeptAndSharedLater() throws Exception {
        registry.register(USER, "u1", 6001, "UP");
        RunningRouter one = router();
        RunningRouter two = router("--moa.router.snapshot.directory=" + directory.resolve("other"));
        await().until(() -> two.lookup(USER).json().path("source").asString(), "live"::equals);
        redis.kill();

        RunningRouter.Reply turned = one.send("PUT", "/v1/sources/live", "{\"enabled\":false}");

        assertThat(turned.json().path("shared").asBoolean()).isFalse();
        assertThat(one.lookup(USER).json().path("source").asString()).isEqualTo("snapshot");
        assertThat(two.lookup(USER).json().path("source").asString()).isEqualTo("live");
        redis.start();
        await().atMost(Duration.ofSeconds(15))
                .until(() -> two.get("/v1/sources").body(), body -> body.contains("false"));
    }

    @Test
    void prometheusFindsItsTargetsAlsoWithoutRedis() throws Exception {
        registry.register(USER, "u1", 6001, "UP");
        registry.register(USER, "u2", 6002, "DRAINING");
        registry.register(USER, "u3", 6003, "DOWN");
        RunningRouter router = router();
        await().until(() -> router.lookup(USER).json().path("source").asString(), "live"::equals);
        redis.kill();

        RunningRouter.Reply all = router.get("/v1/prometheus/targets");

        assertThat(all.status()).isEqualTo(200);
        assertThat(all.json().findValuesAsString("__meta_moa_id")).containsExactly("u1", "u2");
        assertThat(all.json().path(0).path("targets").path(0).asString()).endsWith(":6001");
        assertThat(router.get("/v1/prometheus/targets?service=" + USER).json().size())
                .isEqualTo(2);
        // nobody can say: an empty list would make Prometheus drop its targets
        assertThat(router.get("/v1/prometheus/targets?service=" + SITE).status())
                .isEqualTo(503);
    }

    @Test
    void prometheusKeepsItsTargetsWhileARouterKnowsNothingYet() throws Exception {
        redis.kill();
        RunningRouter router = router();

        RunningRouter.Reply all = router.get("/v1/prometheus/targets");
        RunningRouter.Reply one = router.get("/v1/prometheus/targets?service=" + USER);

        assertThat(all.status()).isEqualTo(503);
        assertThat(all.json().path("detail").asString()).contains("no store was compared");
        assertThat(one.status()).isEqualTo(503);
        redis.start();
        await().atMost(Duration.ofSeconds(15))
                .until(() -> router.get("/v1/prometheus/targets").body(), "[]"::equals);
    }

    @Test
    void whatOperatorsSaidOutlivesARestartWithoutRedis() throws Exception {
        registry.register(USER, "u1", 6001, "UP");
        RunningRouter before = router();
        await().until(() -> before.lookup(USER).json().path("source").asString(), "live"::equals);
        before.send("PUT", "/v1/sources/live", "{\"enabled\":false}");
        before.send("PUT", "/v1/pinned?service=" + SITE, "{\"instances\":[{\"host\":\"10.0.0.9\",\"port\":7000}]}");
        redis.kill();
        before.send("PUT", "/v1/sources/primary", "{\"enabled\":false}");
        before.close();

        RunningRouter after = router();

        assertThat(after.lookup(SITE).json().path("source").asString()).isEqualTo("pinned");
        assertThat(after.lookup(USER).json().path("source").asString()).isEqualTo("snapshot");
        assertThat(after.get("/v1/sources").body()).contains("\"shared\":false");
        redis.start();
        await().atMost(Duration.ofSeconds(15))
                .until(() -> redis.commands().hget("moa:router:sources", "primary"), word -> word != null);
        await().atMost(Duration.ofSeconds(15))
                .until(() -> after.get("/v1/sources").body(), body -> !body.contains("\"shared\":false"));
        assertThat(after.get("/v1/sources").body()).contains("\"enabled\":false");
    }

    @Test
    void aPinnedAnswerStandsBeforeAllOthersUntilItIsTakenBack() {
        registry.register(USER, "u1", 6001, "UP");
        RunningRouter router = router();
        await().until(() -> ids(router.lookup(USER)), List.of("u1")::equals);

        router.send("PUT", "/v1/pinned?service=" + USER, "{\"instances\":[{\"host\":\"10.0.0.9\",\"port\":7000}]}");

        assertThat(router.lookup(USER).json().path("source").asString()).isEqualTo("pinned");
        assertThat(ids(router.lookup(USER))).containsExactly("10.0.0.9:7000");
        // whoever asks for instances that speak HTTP, as the gateway does, finds it
        assertThat(router.lookup(USER).body()).contains("\"protocols\":[\"moa\",\"resp\",\"http\"]");
        assertThat(router.send("DELETE", "/v1/pinned?service=" + USER, "").status())
                .isEqualTo(200);
        assertThat(ids(router.lookup(USER))).containsExactly("u1");
        assertThat(router.send("DELETE", "/v1/pinned?service=" + USER, "").status())
                .isEqualTo(404);
    }

    @Test
    void aPinnedAnswerSaysWhoWantsItAndEndsByItself() {
        registry.register(USER, "u1", 6001, "UP");
        RunningRouter router = router();
        await().until(() -> ids(router.lookup(USER)), List.of("u1")::equals);
        RunningRouter.Reply refused =
                router.send("PUT", "/v1/pinned?service=" + USER, "{\"instances\":[],\"expiresSeconds\":0}");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.body()).contains("expiresSeconds: 0 (expected: 1 to");

        String drill =
                "{\"instances\":[{\"host\":\"10.0.0.9\",\"port\":7000}],\"reason\":\"a drill\",\"expiresSeconds\":%d}";
        router.send("PUT", "/v1/pinned?service=" + USER, drill.formatted(3_600), "Moa-Actor", "anna");
        JsonNode pinned = router.get("/v1/pinned").json().path("pinned").path(0);
        assertThat(pinned.path("service").asString()).isEqualTo("/service/user");
        assertThat(pinned.path("by").asString()).isEqualTo("anna");
        assertThat(pinned.path("reason").asString()).isEqualTo("a drill");
        assertThat(pinned.path("callable").asInt()).isEqualTo(1);
        assertThat(pinned.path("shared").asBoolean()).isTrue();
        assertThat(pinned.path("expiresAtMs").asLong() - pinned.path("atMs").asLong())
                .isEqualTo(3_600_000);

        router.send("PUT", "/v1/pinned?service=" + USER, drill.formatted(1));
        CompletableFuture<List<String>> told = CompletableFuture.supplyAsync(() -> {
            RunningRouter.Reply reply;
            String known = "";
            do {
                // a poll waits longer than the test does: only its end can answer it
                reply = router.get("/v1/lookup?waitMs=30000&service=" + USER, "If-None-Match", known);
                known = reply.etag();
            } while (ids(reply).equals(List.of("10.0.0.9:7000")));
            return ids(reply);
        });

        assertThat(told).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(List.of("u1"));
        assertThat(router.get("/v1/pinned").json().path("pinned").size()).isZero();
        assertThat(router.get("/v1/audit").body()).contains("1 instances: 10.0.0.9:7000; until ");
    }

    @Test
    void aLongPollEndsWhenTheServiceChanges() {
        registry.register(USER, "u1", 6001, "UP");
        RunningRouter router = router();
        await().until(() -> router.lookup(USER).json().path("source").asString(), "live"::equals);

        CompletableFuture<RunningRouter.Reply> poll =
                CompletableFuture.supplyAsync(() -> router.get("/v1/lookup?waitMs=10000&revision=1&service=" + USER));
        await().until(() -> router.bean(dev.moa.router.watch.Watches.class).waiting() == 1);
        registry.register(USER, "u2", 6002, "UP");

        assertThat(poll).succeedsWithin(Duration.ofSeconds(9)).satisfies(reply -> {
            assertThat(reply.status()).isEqualTo(200);
            assertThat(ids(reply)).containsExactly("u1", "u2");
        });
        assertThat(router.get("/v1/lookup?waitMs=100&revision=2&service=" + USER)
                        .status())
                .isEqualTo(304);

        // an answer that its revision does not name is waited with, too
        router.send("PUT", "/v1/pinned?service=" + USER, "{\"instances\":[{\"host\":\"10.0.0.9\",\"port\":7000}]}");
        JsonNode pinned = router.lookup(USER).json();
        String at = "&service=%s&epoch=%s&revision=%d"
                .formatted(
                        USER,
                        pinned.path("epoch").asString(),
                        pinned.path("revision").asLong());
        CompletableFuture<RunningRouter.Reply> waiting =
                CompletableFuture.supplyAsync(() -> router.get("/v1/lookup?waitMs=10000" + at));
        await().until(() -> router.bean(dev.moa.router.watch.Watches.class).waiting() == 1);
        router.send("DELETE", "/v1/pinned?service=" + USER, "");

        assertThat(waiting)
                .succeedsWithin(Duration.ofSeconds(9))
                .satisfies(reply -> assertThat(ids(reply)).containsExactly("u1", "u2"));
    }

    @Test
    void aLongPollWithoutNewsEndsWithTheWholeWeightOfAnInstanceThatHasGrownUp() {
        RunningRouter router = router();
        String warmUp = "\"incarnation\":%d,\"metadata\":{\"warmUpSeconds\":\"4\"}";
        registry.register(USER, "u1", 6001, "UP", warmUp.formatted(System.currentTimeMillis()));
        await().until(() -> router.lookup(USER).json().path("source").asString(), "live"::equals);
        RunningRouter.Reply young = router.lookup(USER);
        String poll = "/v1/lookup?waitMs=500&service=" + USER;

        RunningRouter.Reply grown = await().atMost(Duration.ofSeconds(15))
                .until(
                        () -> router.get(poll, "If-None-Match", young.etag()),
                        reply -> reply.status() == 200 && !reply.body().contains("warmWeight"));

        assertThat(young.body()).contains("\"warmWeight\":");
        assertThat(ids(grown)).containsExactly("u1");
        assertThat(router.get(poll, "If-None-Match", grown.etag()).status()).isEqualTo(304);
        // who knows more than this router is not sent back
        String later = grown.etag().replace("e1:1:", "e1:9:");
        assertThat(router.get(poll, "If-None-Match", later).status()).isEqualTo(304);
    }

    @Test
    void theAnswerIsExplainedSourceBySourceAndInstanceByInstance() {
        registry.register(USER, "u1", 6001, "UP");
        registry.register(USER, "u2", 6002, "DRAINING");
        RunningRouter router = router("--moa.router.static.services.[/service/old]=10.0.0.1:80");
        await().until(() -> router.lookup(USER).json().path("source").asString(), "live"::equals);

        JsonNode explained = router.get("/v1/explain?service=" + USER).json();
        JsonNode old = router.get("/v1/explain?service=/service/old").json();

        assertThat(explained.path("answeredBy").asString()).isEqualTo("live");
        assertThat(explained.path("steps").size()).isEqualTo(7);
        assertThat(explained.path("steps").path(1).path("decides").asBoolean()).isTrue();
        assertThat(explained.path("instances").path(1).path("why").asString()).isEqualTo("status is DRAINING");
        assertThat(old.path("answeredBy").asString()).isEqualTo("static");
        assertThat(router.get("/v1/services").body()).contains("/service/user", "/service/old");
        JsonNode document = router.get("/v3/api-docs").json();
        assertThat(document.at("/info/title").asString()).isEqualTo("moa router");
        assertThat(document.path("paths").has("/v1/explain")).isTrue();
        assertThat(document.at("/paths/~1v1~1lookup/get/parameters"))
                .filteredOn(each -> each.path("required").asBoolean())
                .extracting(each -> each.path("name").asString())
                .containsExactly("service");
    }
}
