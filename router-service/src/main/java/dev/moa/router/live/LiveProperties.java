package dev.moa.router.live;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the live view follows the store.
 *
 * @param compareInterval how often every service's revision is compared with the store, so that lost wake-ups heal
 * @param hold how long a store that was emptied or rolled back is not believed after live leases have last seeded it again; where one of those it lacks has a longer lease, that long
 * @param maxHold how long it is not believed at most, as long as it answers; also if nobody writes to it at all, and however long leases are
 * @param storeTimeout how long one answer of Redis is waited for
 * @param maxServices services kept in memory; more are answered by the other sources
 */
@ConfigurationProperties("moa.router.live")
public record LiveProperties(
        @DefaultValue("5s") Duration compareInterval,
        @DefaultValue("15s") Duration hold,
        @DefaultValue("10m") Duration maxHold,
        @DefaultValue("1s") Duration storeTimeout,
        @DefaultValue("50000") int maxServices) {

    public LiveProperties {
        requirePositive("compare-interval", compareInterval);
        requirePositive("hold", hold);
        requirePositive("max-hold", maxHold);
        requirePositive("store-timeout", storeTimeout);
        if (maxServices < 1) {
            throw new IllegalArgumentException(
                    "moa.router.live.max-services: %d (expected: >= 1)".formatted(maxServices));
        }
    }

    private static void requirePositive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("moa.router.live.%s: %s (expected: > 0)".formatted(name, value));
        }
    }
}
