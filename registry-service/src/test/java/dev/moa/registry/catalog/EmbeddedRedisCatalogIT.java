package dev.moa.registry.catalog;

import dev.moa.testkit.redis.RedisProcess;
import java.nio.file.Path;

/** The catalog on the Redis binary that comes with the tests. */
class EmbeddedRedisCatalogIT extends CatalogContract {
    @Override
    Path binary() {
        return RedisProcess.embeddedBinary();
    }
}
