package dev.moa.registry.store;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the registry deals with Redis; where Redis is and how long a command may take stands in
 * {@code spring.data.redis.*}.
 *
 * @param awayAfter a break in the answers of Redis (or of the registry itself) longer than this gives every lease
 *     one full lease more, for nobody could renew in it
 * @param reconnectDelay the longest pause between two attempts to reach Redis again
 */
@ConfigurationProperties("moa.registry.store")
record StoreProperties(
        @DefaultValue("3s") Duration awayAfter,
        @DefaultValue("250ms") Duration reconnectDelay) {

    StoreProperties {
        if (awayAfter.toMillis() < 1) {
            throw new IllegalArgumentException(
                    "moa.registry.store.away-after: %s (expected: > 0)".formatted(awayAfter));
        }
        if (reconnectDelay.toMillis() < 10) {
            throw new IllegalArgumentException(
                    "moa.registry.store.reconnect-delay: %s (expected: >= 10ms)".formatted(reconnectDelay));
        }
    }
}
