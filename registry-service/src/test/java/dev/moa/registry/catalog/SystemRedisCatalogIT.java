package dev.moa.registry.catalog;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.moa.testkit.redis.RedisProcess;
import java.nio.file.Path;

/** The catalog on the Redis of the machine. */
class SystemRedisCatalogIT extends CatalogContract {
    @Override
    Path binary() {
        assumeTrue(RedisProcess.systemBinary().isPresent(), "no redis-server on the PATH: install redis-server");
        return RedisProcess.systemBinary().orElseThrow();
    }
}
