package dev.moa.registry.lease;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long an instance stays listed without a word from it.
 *
 * @param ttl the lease of a registration that does not say how long, in whole seconds
 * @param minTtl the shortest lease, in whole seconds; expiry is looked for at least this often
 * @param maxTtl the longest lease, in whole seconds
 * @param sweepInterval how often the sweeper looks at Redis and for leases that are due
 */
@ConfigurationProperties("moa.registry.lease")
public record LeaseProperties(
        @DefaultValue("10s") Duration ttl,
        @DefaultValue("5s") Duration minTtl,
        @DefaultValue("3600s") Duration maxTtl,
        @DefaultValue("250ms") Duration sweepInterval) {

    public LeaseProperties {
        if (minTtl.toSeconds() < 1 || ttl.compareTo(minTtl) < 0 || maxTtl.compareTo(ttl) < 0) {
            throw new IllegalArgumentException(
                    "moa.registry.lease: min-ttl %s, ttl %s, max-ttl %s (expected: 1s <= min-ttl <= ttl <= max-ttl)"
                            .formatted(minTtl, ttl, maxTtl));
        }
        if (sweepInterval.toMillis() < 10 || sweepInterval.compareTo(Duration.ofSeconds(1)) > 0) {
            throw new IllegalArgumentException(
                    "moa.registry.lease.sweep-interval: %s (expected: 10ms to 1s)".formatted(sweepInterval));
        }
    }
}
