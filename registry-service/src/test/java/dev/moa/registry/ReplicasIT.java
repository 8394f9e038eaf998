package dev.moa.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.registry.RegistryApp.Answer;
import dev.moa.registry.RegistryApp.Watch;
import dev.moa.testkit.redis.RedisProcess;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two registries on one Redis, the second of which asks for tokens, and what a restart of one does. */
class ReplicasIT {
    private static final String USER_TOKEN = "4c0f1e7a9d2b5836";

    private static RedisProcess redis;
    private static RegistryApp open;
    private static RegistryApp guarded;

    @BeforeAll
    static void start(@TempDir Path data) {
        redis = new RedisProcess(data).start();
        open = new RegistryApp(redis.url());
        guarded = new RegistryApp(
                redis.url(),
                "--moa.security.tokens.user.secret=" + USER_TOKEN,
                "--moa.security.tokens.user.services=/service/user",
                "--moa.security.tokens.user.role=service");
    }

    @AfterAll
    static void stop() {
        guarded.close();
        open.close();
        redis.close();
    }

    @Test
    void whatOneWritesTheOtherTellsAndAnExpiryIsToldOnce() {
        try (Watch watch = open.watch("service=/service/user")) {
            await().atMost(Duration.ofSeconds(5)).until(() -> !watch.lastToken().isEmpty());

            Answer registered = send(USER_TOKEN, "/service/user", 1);

            assertThat(registered.status()).isEqualTo(201);
            long revision = registered.json().get("revision").longValue();
            await().atMost(Duration.ofSeconds(4))
                    .until(() -> watch.changes().stream()
                            .anyMatch(event -> event.get("revision").longValue() == revision + 1));
            await().during(Duration.ofSeconds(1))
                    .atMost(Duration.ofSeconds(3))
                    .until(() -> open.get("/v1/instances?service=/service/user")
                                    .json()
                                    .get("revision")
                                    .longValue()
                            == revision + 1);
            assertThat(open.get("/v1/services").json().get("services").toString())
                    .contains("/service/user");
        }
    }

    @Test
    void registryThatWasAwayEndsNoLeaseBeforeOneFullLease(@TempDir Path data) {
        try (RedisProcess own = new RedisProcess(data).start()) {
            String path = "/v1/instances?service=/service/patient";
            try (RegistryApp before = new RegistryApp(own.url())) {
                before.post(
                        "/v1/instances",
                        "{\"service\":\"/service/patient\",\"host\":\"127.0.0.1\",\"port\":7001,\"ttlSeconds\":3}");
            }
            // the lease ends while no registry is there
            await().pollDelay(Duration.ofMillis(3200)).until(() -> true);

            try (RegistryApp after = new RegistryApp(own.url())) {
                boolean kept = !after.get(path).json().get("instances").isEmpty();

                assertThat(kept).isTrue();
                await().atMost(Duration.ofSeconds(6))
                        .until(() -> after.get(path).json().get("instances").isEmpty());
            }
        }
    }

    private static Answer send(String token, String service, int ttlSeconds) {
        return guarded.send(HttpRequest.newBuilder(guarded.uri("/v1/instances"))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"service\":\"%s\",\"host\":\"127.0.0.1\",\"port\":7001,\"ttlSeconds\":%d}"
                                .formatted(service, ttlSeconds))));
    }
}
