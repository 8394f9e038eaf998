package dev.moa.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.registry.RegistryApp.Watch;
import dev.moa.testkit.redis.RedisProcess;
import dev.moa.testkit.redis.SilentRelay;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections to Redis whose other end is gone without a word. */
class SilentStoreIT {
    private static final Duration SOON = Duration.ofSeconds(15);

    @Test
    void connectionsThatFellSilentAreReplaced(@TempDir Path data) {
        try (RedisProcess redis = new RedisProcess(data).start();
                SilentRelay relay = new SilentRelay(redis.port());
                RegistryApp app = new RegistryApp(
                        "redis://127.0.0.1:" + relay.port(),
                        "--spring.data.redis.timeout=200ms",
                        "--moa.registry.watch.poll-interval=1h");
                Watch watch = app.watch("service=/service/user")) {
            await().atMost(SOON).until(() -> !watch.lastToken().isEmpty());

            relay.silenceWhatIsOpen();
            await().atMost(SOON).until(() -> app.get("/actuator/health").status() == 503);

            await().atMost(SOON).until(() -> app.get("/actuator/health").status() == 200);
            assertThat(register(app, 7001)).isEqualTo(201);
            // told by a wake-up: nobody looks by himself in this hour
            await().atMost(SOON).until(() -> {
                register(app, 7002);
                return watch.changes().toString().contains("7002");
            });
        }
    }

    private static int register(RegistryApp app, int port) {
        return app.post(
                        "/v1/instances",
                        "{\"service\":\"/service/user\",\"host\":\"127.0.0.1\",\"port\":%d,\"ttlSeconds\":60}"
                                .formatted(port))
                .status();
    }
}
