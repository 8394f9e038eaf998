package dev.moa.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.registry.RegistryApp.Answer;
import dev.moa.registry.RegistryApp.Watch;
import dev.moa.testkit.redis.RedisProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What the registry does when many are silent at once, and when Redis is emptied under it. */
class LossGuardIT {
    private static final Duration SOON = Duration.ofSeconds(12);

    private static RedisProcess redis;
    private static RegistryApp app;

    @BeforeAll
    static void start(@TempDir Path data) {
        redis = new RedisProcess(data).start();
        app = new RegistryApp(redis.url(), "--moa.registry.guard.hold-time=60s");
    }

    @AfterAll
    static void stop() {
        app.close();
        redis.close();
    }

    @Test
    void whoFallsSilentWithManyIsRemovedOnlyIfAProbeProvesItsDeath() throws IOException {
        try (ServerSocket first = listen();
                ServerSocket second = listen()) {
            Answer living = register("/service/guarded", first.getLocalPort(), 2);
            Answer leaving = register("/service/guarded", second.getLocalPort(), 2);
            register("/service/guarded", RedisProcess.freePort(), 2);
            register("/service/guarded", RedisProcess.freePort(), 2);

            await().atMost(SOON)
                    .until(() -> reasons("/service/guarded").stream()
                                    .filter("probe-failed"::equals)
                                    .count()
                            == 2);
            await().during(Duration.ofSeconds(1))
                    .atMost(SOON)
                    .until(() -> instances("/service/guarded").size() == 2);
            instances("/service/guarded")
                    .forEach(instance ->
                            assertThat(instance.get("held").booleanValue()).isTrue());
            double held = metric("moa_registry_guard_held");
            Answer renewed = renew(living);
            Answer left = app.delete("/v1/instances/" + leaving.json().get("id").stringValue() + "?incarnation="
                    + leaving.json().get("incarnation"));

            assertThat(held).isEqualTo(2);
            assertThat(renewed.json().get("renewed").size()).isEqualTo(1);
            assertThat(left.status()).isEqualTo(200);
            assertThat(reasons("/service/guarded"))
                    .doesNotContain("lease-lost")
                    .contains("held", "released", "graceful");
        }
    }

    @Test
    void whoMissesItsRenewalsAloneIsAskedBeforeThatIsBelieved() throws IOException {
        try (ServerSocket listening = listen();
                ServerSocket late = listen()) {
            Answer renewing = register("/service/alone", late.getLocalPort(), 2);
            register("/service/alone", listening.getLocalPort(), 2);
            register("/service/dead", RedisProcess.freePort(), 2);

            await().atMost(SOON).until(() -> reasons("/service/dead").contains("lease-lost"));
            int stay = instances("/service/alone").size();
            renew(renewing);

            assertThat(stay).isEqualTo(2);
            await().atMost(SOON).until(() -> {
                renew(renewing);
                return instances("/service/alone").size() == 1;
            });
            assertThat(reasons("/service/alone")).contains("lease-lost").doesNotContain("held");
            assertThat(instances("/service/alone").get(0).get("id"))
                    .isEqualTo(renewing.json().get("id"));
        }
    }

    // whoever answers would keep its place for three leases of 10 s, more than is waited for
    @Test
    void whoWasStartedAgainOnItsPortIsNotListedTwice() throws IOException {
        try (ServerSocket again = listen()) {
            Answer killed = register("/service/again", again.getLocalPort(), 10);
            redis.commands()
                    .zadd(
                            "moa:{/service/again}:leases",
                            1,
                            killed.json().get("id").stringValue());
            Answer started = register("/service/again", again.getLocalPort(), 10);

            await().atMost(SOON).until(() -> instances("/service/again").size() == 1);

            assertThat(instances("/service/again").get(0).get("id"))
                    .isEqualTo(started.json().get("id"));
        }
    }

    @Test
    void manyWhoWereStartedAgainOnTheirPortsAreNotListedTwice() throws IOException {
        try (ServerSocket one = listen();
                ServerSocket two = listen();
                ServerSocket three = listen()) {
            List<ServerSocket> ports = List.of(one, two, three);
            for (ServerSocket port : ports) {
                register("/service/quick", port.getLocalPort(), 5);
                register("/service/slow", port.getLocalPort(), 2);
            }
            List<String> quick = registerAll("/service/quick", ports);
            await().atMost(SOON)
                    .until(() -> ids("/service/quick", true).isEmpty()
                            && ids("/service/slow", true).size() == 3);

            List<String> slow = registerAll("/service/slow", ports);

            await().atMost(Duration.ofSeconds(8)).untilAsserted(() -> {
                assertThat(ids("/service/quick", false)).containsExactlyInAnyOrderElementsOf(quick);
                assertThat(ids("/service/slow", false)).containsExactlyInAnyOrderElementsOf(slow);
            });
            assertThat(reasons("/service/quick")).contains("replaced").doesNotContain("held");
            assertThat(reasons("/service/slow")).contains("held", "replaced");
        }
    }

    @Test
    void emptiedRedisMeansEmptyToNobody() throws IOException {
        Answer first = register("/service/flushed", 7001, 10);
        Answer second = register("/service/flushed", 7002, 10);
        try (Watch watch = app.watch("service=/service/flushed")) {
            await().atMost(SOON).until(() -> !watch.lastToken().isEmpty());
            String token = watch.lastToken();

            redis.commands().flushall();
            await().atMost(SOON).untilAsserted(() -> assertThat(watch.changes()).hasSize(2));
            Answer listed = app.get("/v1/instances?service=/service/flushed");
            registerAgain(first, 7001);
            registerAgain(second, 7002);
            Answer rebuilt = app.get("/v1/instances?service=/service/flushed");

            assertThat(listed.status()).isEqualTo(503);
            assertThat(listed.json().get("title").stringValue()).contains("lost");
            assertThat(rebuilt.json().get("rebuilding").booleanValue()).isTrue();
            assertThat(rebuilt.json().get("instances").size()).isEqualTo(2);
            await().atMost(SOON)
                    .until(() -> watch.changes().stream()
                            .anyMatch(event -> event.get("revision").longValue() == 2
                                    && !event.get("epoch").equals(first.json().get("epoch"))));
            for (JsonNode event : watch.changes()) {
                if (event.has("snapshot")) {
                    assertThat(event.get("snapshot").size()).isEqualTo(2);
                }
                for (JsonNode change : event.path("changes")) {
                    assertThat(change.get("type").stringValue()).isNotEqualTo("REMOVED");
                }
            }
            try (Watch resumed = app.watch("service=/service/flushed&since=" + token)) {
                await().atMost(SOON).until(() -> !resumed.changes().isEmpty());
                assertThat(resumed.changes().get(0).get("snapshot").size()).isEqualTo(2);
            }
        }
    }

    @Test
    void whoDoesNotComeBackAfterALossIsGoneAfterItsLease() throws IOException {
        register("/service/partly", 7001, 3);
        Answer stays = register("/service/partly", 7002, 3);
        try (Watch watch = app.watch("service=/service/partly")) {
            await().atMost(SOON).until(() -> !watch.lastToken().isEmpty());

            redis.commands().flushall();
            registerAgain(stays, 7002);

            await().atMost(SOON).until(() -> lastSnapshot(watch).size() == 2);
            assertThat(lastSnapshot(watch).toString()).contains("\"held\":true");
            await().atMost(SOON).until(() -> {
                registerAgain(stays, 7002);
                return lastSnapshot(watch).size() == 1;
            });
            assertThat(lastSnapshot(watch).get(0).get("port").intValue()).isEqualTo(7002);
        }
    }

    private static JsonNode lastSnapshot(Watch watch) {
        List<JsonNode> snapshots =
                watch.changes().stream().filter(event -> event.has("snapshot")).toList();
        return snapshots.get(snapshots.size() - 1).get("snapshot");
    }

    private static JsonNode instances(String service) {
        return app.get("/v1/instances?service=" + service).json().get("instances");
    }

    private static List<String> registerAll(String service, List<ServerSocket> ports) {
        return ports.stream()
                .map(port -> register(service, port.getLocalPort(), 60)
                        .json()
                        .get("id")
                        .stringValue())
                .toList();
    }

    private static List<String> ids(String service, boolean heldOnly) {
        List<String> ids = new ArrayList<>();
        for (JsonNode each : instances(service)) {
            if (!heldOnly || each.get("held").booleanValue()) {
                ids.add(each.get("id").stringValue());
            }
        }
        return ids;
    }

    private static List<String> reasons(String service) {
        List<String> reasons = new ArrayList<>();
        app.get("/v1/changes?service=" + service)
                .json()
                .get("changes")
                .forEach(change -> reasons.add(change.get("reason").stringValue()));
        return reasons;
    }

    private static double metric(String name) {
        return HttpText.get(app.uri("/actuator/prometheus"))
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
                .sum();
    }

    private static Answer register(String service, int port, int ttlSeconds) {
        return app.post(
                "/v1/instances",
                "{\"service\":\"%s\",\"host\":\"127.0.0.1\",\"port\":%d,\"ttlSeconds\":%d}"
                        .formatted(service, port, ttlSeconds));
    }

    private static Answer renew(Answer registered) {
        return app.put(
                "/v1/leases",
                "{\"leases\":[{\"id\":%s,\"incarnation\":%s}]}"
                        .formatted(
                                registered.json().get("id"), registered.json().get("incarnation")));
    }

    private static void registerAgain(Answer first, int port) {
        Answer again = app.post(
                "/v1/instances",
                "{\"id\":%s,\"service\":%s,\"host\":\"127.0.0.1\",\"port\":%d,\"ttlSeconds\":%s}"
                        .formatted(
                                first.json().get("id"),
                                first.json().get("service"),
                                port,
                                first.json().get("ttlSeconds")));
        assertThat(again.status()).isEqualTo(201);
    }

    private static ServerSocket listen() throws IOException {
        return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }
}
