package dev.moa.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.ServiceName;
import dev.moa.router.live.LiveView;
import dev.moa.testkit.redis.RedisProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A router that was away while somebody left, and finds an emptied store. By itself it would hold him for minutes. */
class SharedLossesIT {
    private static final ServiceName USER = ServiceName.of("/service/user");
    private static final ServiceName LOOKUP = ServiceName.of("/service/lookup");

    @TempDir
    Path directory;

    @Test
    void routerThatWasAwayHoldsWhomTheOthersHold() throws Exception {
        int port = RedisProcess.freePort();
        try (RedisProcess redis = new RedisProcess(directory).start();
                RunningRouter present = router(redis, "present", port)) {
            RegistryLayout first = new RegistryLayout(() -> redis.commands(), "e1");
            List.of("u1", "u2", "u3").forEach(id -> first.register(USER, id, 6000 + id.charAt(1), "UP"));
            try (RunningRouter before = router(redis, "away", 0)) {
                await().until(() -> ids(before), List.of("u1", "u2", "u3")::equals);
            }
            first.remove(USER, "u3", "graceful");
            await().until(() -> ids(present), List.of("u1", "u2")::equals);

            redis.commands().flushall();
            RegistryLayout second = new RegistryLayout(() -> redis.commands(), "e2");
            second.register(LOOKUP, "r1", port, "UP");
            second.register(USER, "u1", 6000 + '1', "UP");
            await().until(() -> ids(present), List.of("u1", "u2 held")::equals);

            try (RunningRouter away = router(redis, "away", 0)) {
                await().until(() -> ids(away), List.of("u1", "u2 held")::equals);
                assertThat(away.bean(LiveView.class).isSuspected(USER)).isTrue();
            }
        }
    }

    private RunningRouter router(RedisProcess redis, String name, int port) {
        return RunningRouter.start(
                redis.url(),
                directory.resolve(name),
                "--moa.server.port=" + port,
                "--moa.router.live.hold=10m",
                "--moa.router.live.max-hold=1h");
    }

    private static List<String> ids(RunningRouter router) {
        List<String> ids = new ArrayList<>();
        router.lookup(USER)
                .json()
                .path("instances")
                .forEach(instance -> ids.add(
                        instance.path("id").asString() + (instance.path("held").asBoolean() ? " held" : "")));
        return ids;
    }
}
