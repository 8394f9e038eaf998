package dev.moa.registry;

import dev.moa.testkit.redis.RedisProcess;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A registry on a Redis of its own, for all tests of a class. */
abstract class OneRegistry {
    static RedisProcess redis;
    static RegistryApp app;

    @BeforeAll
    static void start(@TempDir Path data) {
        redis = new RedisProcess(data).start();
        app = new RegistryApp(redis.url());
    }

    @AfterAll
    static void stop() {
        app.close();
        redis.close();
    }
}
