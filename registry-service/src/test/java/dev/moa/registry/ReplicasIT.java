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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two registries on one Redis, the second of which asks for tokens, and what a restart of one does. */
class ReplicasIT {
    private static final String USER_TOKEN = "4c0f1e7a9d2b5836";
    private static final String OPERATOR_TOKEN = "b7d3906e2fa148c5";
    private static final String READER_TOKEN = "91e6c4a0d8f3b275";

    private static final String BUSY_TOKEN = "27c5f0be913da846";

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
                "--moa.security.tokens.boss.secret=" + OPERATOR_TOKEN,
                "--moa.security.tokens.boss.role=operator",
                "--moa.security.tokens.eye.secret=" + READER_TOKEN,
                "--moa.security.tokens.eye.role=reader",
                "--moa.security.tokens.busy.secret=" + BUSY_TOKEN,
                "--moa.registry.http.writes-per-second=1",
                "--moa.registry.http.writes-burst=20");
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
    void tokenActsForItsServicesOnly() {
        Answer own = send(USER_TOKEN, "/service/user", 30);
        Answer other = send(USER_TOKEN, "/service/site", 30);
        Answer byOperator = send(OPERATOR_TOKEN, "/service/site", 30);
        Answer byReader = send(READER_TOKEN, "/service/site", 30);
        Answer byNobody = guarded.get("/v1/services");
        String id = byOperator.json().get("id").stringValue();
        String path = "/v1/instances/" + id + "?incarnation="
                + byOperator.json().get("incarnation").longValue();
        Answer stolen = guarded.send(HttpRequest.newBuilder(guarded.uri(path))
                .header("Authorization", "Bearer " + USER_TOKEN)
                .DELETE());
        Answer posing = guarded.send(HttpRequest.newBuilder(guarded.uri("/v1/instances/"
                        + own.json().get("id").stringValue() + "?reason=operator&incarnation="
                        + own.json().get("incarnation").longValue()))
                .header("Authorization", "Bearer " + USER_TOKEN)
                .DELETE());

        Answer meddling = guarded.send(HttpRequest.newBuilder(guarded.uri("/v1/overrides"))
                .header("Authorization", "Bearer " + USER_TOKEN)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"service\":\"/service/user\",\"scope\":{},\"set\":{\"weight\":0},\"reason\":\"x\"}")));
        Answer drainingAnother = guarded.send(HttpRequest.newBuilder(guarded.uri(path.replace("?", "/drain?")))
                .header("Authorization", "Bearer " + USER_TOKEN)
                .POST(HttpRequest.BodyPublishers.noBody()));

        assertThat(meddling.status()).isEqualTo(403);
        assertThat(drainingAnother.status()).isEqualTo(403);
        assertThat(own.status()).isEqualTo(201);
        assertThat(other.status()).isEqualTo(403);
        assertThat(other.json().get("detail").stringValue()).contains("user", "/service/site");
        assertThat(byOperator.status()).isEqualTo(201);
        assertThat(byReader.status()).isEqualTo(403);
        assertThat(byNobody.status()).isEqualTo(401);
        assertThat(stolen.status()).isEqualTo(403);
        assertThat(posing.status()).isEqualTo(403);
        assertThat(guarded.get("/actuator/health").status()).isEqualTo(200);
    }

    @Test
    void callerThatWritesTooMuchIsToldToWaitAndTheOthersAreNot() {
        Answer last = send(BUSY_TOKEN, "/service/busy", 30);
        for (int i = 0; i < 100 && last.status() == 201; i++) {
            last = send(BUSY_TOKEN, "/service/busy", 30);
        }
        Answer other = send(OPERATOR_TOKEN, "/service/calm", 30);

        assertThat(last.status()).isEqualTo(429);
        assertThat(last.response().headers().firstValue("Retry-After")).isPresent();
        assertThat(last.json().get("value").stringValue()).isEqualTo("busy");
        assertThat(other.status()).isEqualTo(201);
    }

    /** Ways by which other registries were entered without a password. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/instances | User-Agent | Nacos-Server",
                "/v1/instances/ | User-Agent | Nacos-Server",
                "//v1/instances | Accept | */*",
                "/v1;a=b/instances | Accept | */*",
                "/actuator/health/%2e%2e/%2e%2e/v1/instances | Accept | */*",
                "/actuator/health/..;/..;/v1/instances | Accept | */*",
                "/v1/instances | serverIdentity | security",
                "/v1/instances | Authorization | Bearer nacos",
                "/v1/instances | Authorization | Basic bmFjb3M6bmFjb3M=",
                "/v1/instances?accessToken=" + OPERATOR_TOKEN + " | Accept | */*",
                "/v1/instances | X-Forwarded-For | 127.0.0.1",
                "/v1/instances | X-HTTP-Method-Override | GET",
                "/nacos/v1/cs/ops/derby?sql=select | Accept | */*",
                "/eureka/apps/USER | Accept | */*"
            })
    void wayInThatOtherRegistriesLeftOpenIsClosed(String path, String header, String value) {
        Answer answer = guarded.send(HttpRequest.newBuilder(guarded.uri(path))
                .header("Content-Type", "application/json")
                .header(header, value)
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"service\":\"/service/hole\",\"host\":\"127.0.0.1\",\"port\":1}")));

        assertThat(answer.status()).isBetween(400, 499);
        assertThat(open.get("/v1/instances?service=/service/hole")
                        .json()
                        .get("instances")
                        .isEmpty())
                .isTrue();
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
