package dev.moa.registry.lease;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The loss guard: when many leases are lost at once, it is likelier that the registry, Redis or the network is ill than
 * that all these processes died. Nobody is removed then; the instances stay in the answers, marked as held, until a
 * probe proves their death, they renew, or the time is over.
 *
 * @param share the share of a service's leases that must fall silent within one lease, 0 to 1
 * @param count how many leases of the service must fall silent, at least
 * @param allShare the share of all leases that must fall silent for the guard to be on for every service, 0 to 1
 * @param allCount how many leases of all services must fall silent for that, at least
 * @param holdTime how long an instance is held that no probe finds alive; one that a probe finds alive is held longer
 */
@ConfigurationProperties("moa.registry.guard")
public record GuardProperties(
        @DefaultValue("0.5") double share,
        @DefaultValue("3") int count,
        @DefaultValue("0.33") double allShare,
        @DefaultValue("10") int allCount,
        @DefaultValue("10m") Duration holdTime) {

    public GuardProperties {
        requireShare("share", share);
        requireShare("all-share", allShare);
        requirePositive("count", count);
        requirePositive("all-count", allCount);
        if (holdTime.isNegative() || holdTime.isZero()) {
            throw new IllegalArgumentException("moa.registry.guard.hold-time: %s (expected: > 0)".formatted(holdTime));
        }
    }

    private static void requireShare(String name, double value) {
        if (!(value > 0 && value <= 1)) {
            throw new IllegalArgumentException(
                    "moa.registry.guard.%s: %s (expected: more than 0, at most 1)".formatted(name, value));
        }
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("moa.registry.guard.%s: %d (expected: > 0)".formatted(name, value));
        }
    }
}
