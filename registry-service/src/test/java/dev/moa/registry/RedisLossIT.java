package dev.moa.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.registry.RegistryApp.Answer;
import dev.moa.registry.RegistryApp.Watch;
import dev.moa.testkit.redis.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the registry when Redis is not there yet, dies, freezes, or loses everything. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RedisLossIT {
    private static final Duration BACK = Duration.ofSeconds(6);

    private static Path data;
    private static RedisProcess redis;
    private static RegistryApp app;

    @BeforeAll
    static void startWithoutRedis(@TempDir Path folder) {
        data = folder;
        redis = new RedisProcess(data);
        app = new RegistryApp(redis.url());
    }

    @AfterAll
    static void stop() {
        app.close();
        redis.close();
    }

    @Test
    @Order(1)
    void startsWithoutRedisSaysSoAndComesBackByItself() {
        await().atMost(BACK).until(() -> app.get("/actuator/health").status() == 503);
        Answer health = app.get("/actuator/health");
        Answer refused = register("/service/early", 7001, 5);

        assertThat(health.json()
                        .get("components")
                        .get("store")
                        .get("details")
                        .get("reason")
                        .stringValue())
                .contains("Redis is away");
        assertThat(app.get("/actuator/health/liveness").status()).isEqualTo(200);
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.json().get("todo").stringValue()).contains("spring.data.redis");

        redis.startDurable();

        await().atMost(BACK).until(() -> register("/service/early", 7001, 5).status() == 201);
        await().atMost(BACK).until(() -> app.get("/actuator/health").status() == 200);
    }

    @Test
    @Order(2)
    void killedRedisThatComesBackWithItsDataLosesNobody() {
        Answer registered = register("/service/kept", 7001, 2);
        try (Watch watch = app.watch("service=/service/kept")) {
            await().atMost(BACK).until(() -> !watch.lastToken().isEmpty());

            redis.kill();
            await().atMost(BACK).until(() -> register("/service/kept", 7002, 2).status() == 503);
            Answer slow = register("/service/kept", 7002, 2);
            // longer than the lease: it is over when Redis is back
            await().pollDelay(Duration.ofMillis(2500)).until(() -> true);
            redis.startDurable();
            await().atMost(BACK).until(() -> app.get("/actuator/health").status() == 200);

            assertThat(slow.json().get("todo").stringValue()).isNotBlank();
            assertThat(instances("/service/kept")).isEqualTo(1);
            assertThat(renew(registered).json().get("renewed").size()).isEqualTo(1);
            Answer second = register("/service/kept", 7002, 30);
            assertThat(second.json().get("epoch")).isEqualTo(registered.json().get("epoch"));
            assertThat(second.json().get("revision").longValue()).isEqualTo(2);
            await().atMost(Duration.ofSeconds(4))
                    .untilAsserted(() -> assertThat(watch.changes())
                            .anySatisfy(
                                    event -> assertThat(event.get("revision").longValue())
                                            .isEqualTo(2)));
        }
    }

    @Test
    @Order(3)
    void frozenRedisIsAnsweredInTimeAndRemovesNobodyWhenItThaws() {
        Answer registered = register("/service/frozen", 7001, 2);

        redis.freeze();
        long asked = System.nanoTime();
        Answer refused = register("/service/frozen", 7002, 2);
        Duration took = Duration.ofNanos(System.nanoTime() - asked);
        await().pollDelay(Duration.ofMillis(3000)).atMost(BACK).until(() -> true);
        redis.thaw();
        await().atMost(BACK).until(() -> app.get("/actuator/health").status() == 200);

        assertThat(refused.status()).isEqualTo(503);
        assertThat(took).isLessThan(Duration.ofSeconds(3));
        assertThat(renew(registered).json().get("renewed").size()).isEqualTo(1);
    }

    @Test
    @Order(4)
    void emptiedRedisIsSeenAndWholeAgainAfterRegistrations() throws IOException {
        Answer registered = register("/service/lost", 7001, 10);
        try (Watch watch = app.watch("service=/service/lost")) {
            await().atMost(BACK).until(() -> !watch.lastToken().isEmpty());

            redis.kill();
            try (Stream<Path> files = Files.walk(data)) {
                files.sorted(Comparator.reverseOrder())
                        .filter(path -> !path.equals(data))
                        .forEach(path -> path.toFile().delete());
            }
            redis.startDurable();
            await().atMost(BACK).until(() -> app.get("/actuator/health").status() == 200);
            await().atMost(BACK).until(() -> renew(registered).json().has("unknown"));

            assertThat(renew(registered).json().get("unknown").get(0))
                    .isEqualTo(registered.json().get("id"));
            Answer again = register("/service/lost", 7001, 10);
            assertThat(again.status()).isEqualTo(201);
            assertThat(again.json().get("epoch")).isNotEqualTo(registered.json().get("epoch"));
            assertThat(again.json().get("incarnation").longValue())
                    .isGreaterThan(registered.json().get("incarnation").longValue());
            await().atMost(Duration.ofSeconds(4))
                    .untilAsserted(() -> assertThat(watch.changes()).anySatisfy(event -> {
                        assertThat(event.get("epoch")).isEqualTo(again.json().get("epoch"));
                        assertThat(event.get("snapshot").size()).isEqualTo(1);
                    }));
            assertThat(app.get("/v1/services").json().get("services").toString())
                    .contains("/service/lost");
        }
    }

    private static int instances(String service) {
        return app.get("/v1/instances?service=" + service)
                .json()
                .get("instances")
                .size();
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
                "{\"leases\":[{\"id\":%s,\"incarnation\":%d}]}"
                        .formatted(
                                registered.json().get("id"),
                                registered.json().get("incarnation").longValue()));
    }
}
