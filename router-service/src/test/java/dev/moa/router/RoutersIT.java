package dev.moa.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.ServiceName;
import dev.moa.testkit.redis.RedisProcess;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Two routers on one Redis: what they say of each other, what operators say to them, and what they tell of it. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RoutersIT {
    private static final ServiceName USER = ServiceName.of("/service/user");
    private static final ServiceName LOOKUP = ServiceName.of("/service/lookup");

    @TempDir
    static Path directory;

    private static RedisProcess redis;
    private static RegistryLayout registry;
    private static RunningRouter one;
    private static RunningRouter two;
    private static final List<Integer> ports = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        redis = new RedisProcess(directory).start();
        registry = new RegistryLayout(() -> redis.commands(), "e1");
        one = router("one");
        two = router("two");
        registry.register(LOOKUP, "r1", ports.get(0), "UP");
        registry.register(LOOKUP, "r2", ports.get(1), "UP");
        registry.register(USER, "u1", 6001, "UP");
        await().until(() -> one.get("/v1/routers").json(), RoutersIT::bothAgree);
    }

    @AfterAll
    static void stop() throws Exception {
        two.close();
        one.close();
        redis.close();
    }

    private static RunningRouter router(String name) throws Exception {
        try (ServerSocket free = new ServerSocket(0)) {
            ports.add(free.getLocalPort());
        }
        return RunningRouter.start(
                redis.url(),
                directory.resolve(name),
                "--moa.server.port=" + ports.get(ports.size() - 1),
                "--moa.router.peers.interval=200ms");
    }

    private static boolean bothAgree(JsonNode routers) {
        return routers.path("agree").asBoolean() && routers.path("routers").size() == 2;
    }

    /** The last: it takes Redis and a router away. */
    @Test
    @Order(Integer.MAX_VALUE)
    void routerThatAnswersOtherwiseIsNamedWithTheServiceAndSinceWhen() throws Exception {
        assertThat(one.get("/v1/routers").json().path("says").asString()).isEqualTo("all 2 routers answer the same");
        assertThat(one.get("/v1/digests").json().path("digest"))
                .isEqualTo(two.get("/v1/digests").json().path("digest"));

        redis.kill();
        await().until(() -> one.get("/v1/audit").status(), status -> status == 503);
        assertThat(one.get("/v1/audit").body()).contains("Redis does not answer the router", "\"todo\"");
        one.send("PUT", "/v1/pinned?service=" + USER, "{\"instances\":[{\"host\":\"10.0.0.9\",\"port\":7000}]}");

        await().until(() -> !one.get("/v1/routers").json().path("agree").asBoolean());
        JsonNode told = one.get("/v1/routers").json();
        JsonNode other = told.path("routers").path(1);
        assertThat(other.path("address").asString()).isEqualTo("127.0.0.1:" + ports.get(1));
        assertThat(other.path("sinceMs").asLong()).isBetween(1L, System.currentTimeMillis());
        assertThat(other.path("differences").path(0).path("service").asString()).isEqualTo("/service/user");
        assertThat(told.path("says").asString()).contains("differs from this router since", "/service/user");
        assertThat(one.get("/v1/explain?service=" + USER)
                        .json()
                        .path("elsewhere")
                        .path(0)
                        .path("there")
                        .asString())
                .contains("of e1");
        assertThat(one.get("/actuator/prometheus").body()).contains("moa_router_peers_differing{app=\"router\"} 1.0");
        two.close();
        await().until(() ->
                one.get("/v1/routers").json().path("says").asString().contains("does not answer since"));
    }

    @Test
    void whatOperatorsSayIsWrittenDownWithAuthorAndReasonForAllRouters() {
        one.send("PUT", "/v1/sources/live", "{\"enabled\":false,\"reason\":\"it lags\"}", "Moa-Actor", "anna");
        two.send("PUT", "/v1/sources/live", "{\"enabled\":true,\"reason\":\"healed\"}", "Moa-Actor", "<script>");
        String many = String.join(",", Collections.nCopies(200, "{\"host\":\"10.0.0.9\",\"port\":7000}"));
        one.send("PUT", "/v1/pinned?service=" + USER, "{\"instances\":[" + many + "],\"reason\":\"a drill\"}");
        one.send("DELETE", "/v1/pinned?service=" + USER + "&reason=over", "");

        JsonNode entries = two.get("/v1/audit").json().path("entries");
        List<String> said = new ArrayList<>();
        entries.forEach(each -> {
            if (!each.path("action").asString().equals("shadow")) {
                said.add(each.path("author").asString() + " "
                        + each.path("action").asString() + " "
                        + each.path("reason").asString());
            }
        });
        assertThat(said)
                .containsExactly(
                        "local unpin over", "local pin a drill", "local switch-on healed", "anna switch-off it lags");
        assertThat(entries.findValuesAsString("detail")).contains("200 instances");
        await().until(
                        () -> two.get("/v1/sources")
                                .json()
                                .path("sources")
                                .path(1)
                                .path("reason")
                                .asString(),
                        "healed"::equals);
        assertThat(one.send(
                                "PUT",
                                "/v1/sources/live",
                                "{\"enabled\":true,\"reason\":\"%s\"}".formatted("x".repeat(201)))
                        .status())
                .isEqualTo(400);
        assertThat(one.get("/v1/audit?limit=0").status()).isEqualTo(400);
    }

    @Test
    void everyRequestIsInTheApiDocument() {
        List<String> operations = new ArrayList<>();
        one.get("/v3/api-docs")
                .json()
                .path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(method -> {
                    assertThat(method.getValue().path("summary").asString(""))
                            .as(path.getKey() + " " + method.getKey())
                            .isNotBlank();
                    operations.add(method.getKey() + " " + path.getKey());
                }));

        assertThat(operations)
                .containsExactlyInAnyOrder(
                        "get /v1/lookup",
                        "get /v1/explain",
                        "get /v1/services",
                        "get /v1/sources",
                        "put /v1/sources/{name}",
                        "get /v1/order",
                        "put /v1/order",
                        "get /v1/preview",
                        "get /v1/shadow",
                        "put /v1/shadow",
                        "delete /v1/shadow",
                        "get /v1/pinned",
                        "put /v1/pinned",
                        "delete /v1/pinned",
                        "get /v1/routers",
                        "get /v1/digests",
                        "get /v1/prometheus/targets",
                        "get /v1/audit");
    }

    @Test
    void explainAnswersForWhatTheClientAsksWithAndNamesWhoOverrides() {
        registry.register(
                USER,
                "u2",
                6002,
                "DOWN",
                "\"zone\":\"b\",\"reason\":\"operator\",\"overridden\":{\"by\":[\"o-1: anna: bad disk\"],\"status\":\"UP\",\"weight\":100,\"tags\":{}}");
        await().until(() ->
                one.get("/v1/explain?service=" + USER).json().path("instances").size() == 2);

        JsonNode anybody = one.get("/v1/explain?service=" + USER).json();
        JsonNode inB =
                one.get("/v1/explain?zone=b&tag=lane:blue&service=" + USER).json();
        JsonNode all = one.get("/v1/explain?all=true&service=" + USER).json();

        assertThat(anybody.path("says").asString()).isEqualTo("The source live answers with 1 of 2 instances.");
        JsonNode down = anybody.path("instances").path(1);
        assertThat(down.path("overriddenBy").path(0).asString()).isEqualTo("o-1: anna: bad disk");
        assertThat(down.path("reason").asString()).isEqualTo("operator");
        assertThat(down.path("why").asString()).isEqualTo("status is DOWN");
        assertThat(inB.path("listed").asInt()).isZero();
        assertThat(inB.path("says").asString()).contains("Nobody can be called");
        assertThat(inB.path("instances").path(0).path("why").asString()).isEqualTo("zone is a, asked for b");
        assertThat(inB.path("client").path("tags").path("lane").asString()).isEqualTo("blue");
        assertThat(all.path("listed").asInt()).isEqualTo(2);
        assertThat(one.get("/v1/explain?tag=blue&service=" + USER).status()).isEqualTo(400);
    }

    @Test
    void overridesAreTriedInTheShadowOnBothRouters() {
        String body =
                "{\"overrides\":[{\"service\":\"/service/user\",\"scope\":{\"zone\":\"a\"},\"set\":{\"status\":\"DOWN\"}}],\"reason\":\"would it hurt\"}";

        assertThat(one.send("PUT", "/v1/shadow", body).status()).isEqualTo(200);

        await().until(() -> {
            two.lookup(USER);
            return two.get("/v1/shadow").json().path("different").asLong() > 0;
        });
        JsonNode divergence = two.get("/v1/shadow").json().path("divergences").path(0);
        assertThat(divergence.path("missing").path(0).asString()).isEqualTo("127.0.0.1:6001");
        assertThat(two.lookup(USER).json().path("instances").size()).isEqualTo(1);
        assertThat(one.send(
                                "PUT",
                                "/v1/shadow",
                                "{\"overrides\":[{\"service\":\"/service/user\",\"scope\":{},\"set\":{}}]}")
                        .status())
                .isEqualTo(400);
        assertThat(one.send(
                                "PUT",
                                "/v1/shadow",
                                "{\"overrides\":[{\"service\":\"/service/user\",\"set\":{\"status\":\"DOWN\"}}]}")
                        .status())
                .isEqualTo(400);
    }
}
