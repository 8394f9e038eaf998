package dev.moa.router.nameserver;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The router as a name server: {@code /service/feed/nearby} is {@code nearby.feed.service.<domain>}.
 *
 * @param enabled whether it answers DNS at all
 * @param host the address to listen on, UDP and TCP; beyond loopback {@code moa.router.name-server.networks} must
 *     say who may ask, because DNS knows no credentials
 * @param port the port to listen on, UDP and TCP; 0 means any that is free
 * @param domain what stands behind a name
 * @param ttl how long a client may keep an answer, and that there is none
 * @param networks who may ask, for example {@code 10.0.0.0/8}; none means this machine only
 * @param maxConnections TCP connections at once; more are closed
 * @param maxAnswersPerSecond UDP answers a second to one network (/24, or /56 of IPv6) other than loopback; every
 *     second one above is told to come by TCP, the others are dropped: forged questions make no flood
 */
@ConfigurationProperties("moa.router.name-server")
public record NameServerProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("127.0.0.1") String host,
        @DefaultValue("8053") int port,
        @DefaultValue("moa") String domain,
        @DefaultValue("1s") Duration ttl,
        @DefaultValue List<String> networks,
        @DefaultValue("1000") int maxConnections,
        @DefaultValue("1000") int maxAnswersPerSecond) {

    public NameServerProperties {
        if (ttl.isNegative() || ttl.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("moa.router.name-server.ttl: %s (expected: 0s to 1h)".formatted(ttl));
        }
        if (maxConnections < 1 || maxAnswersPerSecond < 1) {
            throw new IllegalArgumentException(
                    "moa.router.name-server.max-connections, max-answers-per-second: %d, %d (expected: >= 1)"
                            .formatted(maxConnections, maxAnswersPerSecond));
        }
    }
}
