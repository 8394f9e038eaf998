package dev.moa.spring.discovery;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Spring Cloud's view of moa services.
 *
 * @param enabled whether there are discovery clients and a supplier for the load balancer
 * @param prefix what stands before a service id without a slash: {@code user} is {@code /service/user}, and
 *     {@code nearby.feed} is {@code /service/feed/nearby}, as in DNS
 * @param timeout how long the first answer for a service is waited for
 * @param refresh how often the list of all services is asked for, once somebody wanted it
 */
@ConfigurationProperties("moa.discovery")
public record MoaDiscoveryProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("/service/") String prefix,
        @DefaultValue("1s") Duration timeout,
        @DefaultValue("10s") Duration refresh) {

    public MoaDiscoveryProperties {
        if (refresh.toMillis() <= 0) {
            throw new IllegalArgumentException(
                    "moa.discovery.refresh: %s (expected: at least 1 ms)".formatted(refresh));
        }
    }
}
