package dev.moa.router.peers;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The comparison with the other routers.
 *
 * @param interval how often the digests are compared
 */
@ConfigurationProperties("moa.router.peers")
public record PeersProperties(@DefaultValue("5s") Duration interval) {

    public PeersProperties {
        if (interval.toMillis() < 100) {
            throw new IllegalArgumentException(
                    "moa.router.peers.interval: %s (expected: >= 100ms)".formatted(interval));
        }
    }
}
