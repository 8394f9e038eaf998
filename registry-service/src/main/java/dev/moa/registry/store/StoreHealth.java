package dev.moa.registry.store;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Says whether Redis is there, without asking it. */
final class StoreHealth implements HealthIndicator {
    private final RedisStore store;

    StoreHealth(RedisStore store) {
        this.store = store;
    }

    @Override
    public Health health() {
        @Nullable String absence = store.absence();
        return absence == null
                ? Health.up().build()
                : Health.down()
                        .withDetail("reason", "Redis is away: " + absence)
                        .withDetail("todo", "check spring.data.redis.* and Redis itself; it is tried again by itself")
                        .build();
    }
}
