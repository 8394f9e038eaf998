package dev.moa.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.registry.RegistryApp.Watch;
import dev.moa.testkit.redis.RedisProcess;
import dev.moa.testkit.redis.SilentRelay;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections to Redis that stay open and are good for nothing. */
class SilentStoreIT {
    private static final Duration SOON = Duration.ofSeconds(15);

    private static RedisProcess redis;
    private static RedisProcess next;
    private static SilentRelay relay;
    private static RegistryApp app;

    @BeforeAll
    static void start(@TempDir Path data) {
        redis = new RedisProcess(data.resolve("redis")).start();
        next = new RedisProcess(data.resolve("next")).start();
        relay = new SilentRelay(redis.port());
        app = new RegistryApp(
                "redis://127.0.0.1:" + relay.port(),
                "--spring.data.redis.timeout=200ms",
                "--moa.registry.watch.poll-interval=1h");
    }

    @AfterAll
    static void stop() {
        app.close();
        relay.close();
        redis.close();
        next.close();
    }

    @Test
    void connectionsThatFellSilentAreReplaced() {
        try (Watch watch = app.watch("service=/service/user")) {
            await().atMost(SOON).until(() -> !watch.lastToken().isEmpty());

            relay.silenceWhatIsOpen();
            await().atMost(SOON).until(() -> app.get("/actuator/health").status() == 503);

            await().atMost(SOON).until(() -> app.get("/actuator/health").status() == 200);
            assertThat(register(7001)).isEqualTo(201);
            // told by a wake-up: nobody looks by himself in this hour
            await().atMost(SOON).until(() -> {
                register(7002);
                return watch.changes().toString().contains("7002");
            });
        }
    }

    @Test
    void primaryThatBecameAReplicaIsLeft() {
        redis.commands().replicaof("127.0.0.1", next.port());
        await().atMost(SOON).until(() -> app.get("/actuator/health").status() == 503);

        relay.leadTo(next.port());

        await().atMost(SOON).until(() -> app.get("/actuator/health").status() == 200);
        assertThat(register(7003)).isEqualTo(201);
        assertThat(next.commands().exists("moa:{/service/user}:meta")).isEqualTo(1);
    }

    @Test
    void whereReadsMayGoToAReplicaNobodyIsRefusedForThat(@TempDir Path data) {
        try (RedisProcess primary = new RedisProcess(data.resolve("primary")).start();
                RedisProcess replica =
                        new RedisProcess(data.resolve("replica")).start("--replicaof", "127.0.0.1 " + primary.port())) {
            await().atMost(SOON)
                    .until(() -> replica.commands().info("replication").contains("master_link_status:up")
                            && primary.commands().info("replication").contains("state=online"));
            try (RegistryApp reading =
                    new RegistryApp(primary.url(), "--spring.data.redis.lettuce.read-from=replica-preferred")) {
                await().atMost(SOON).until(() -> reading.get("/actuator/health").status() == 200);

                assertThat(register(reading, 7004)).isEqualTo(201);
            }
        }
    }

    private static int register(int port) {
        return register(app, port);
    }

    private static int register(RegistryApp at, int port) {
        return at.post(
                        "/v1/instances",
                        "{\"service\":\"/service/user\",\"host\":\"127.0.0.1\",\"port\":%d,\"ttlSeconds\":60}"
                                .formatted(port))
                .status();
    }
}
