package dev.moa.registry.probe;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The connections by which processes let themselves be held.
 *
 * @param maxWait how long one hold call is answered after, at most
 * @param maxLeases leases in one hold call
 * @param maxHolds leases held by this registry in all
 * @param grace how long after an answered hold call the next one must come
 * @param looks the pause before each probe after a broken hold; the first to be refused removes the instance
 * @param timeout how long a probe waits for an answer
 */
@ConfigurationProperties("moa.registry.hold")
public record HoldProperties(
        @DefaultValue("25s") Duration maxWait,
        @DefaultValue("1000") int maxLeases,
        @DefaultValue("50000") int maxHolds,
        @DefaultValue("2s") Duration grace,

        @DefaultValue({"0ms", "100ms", "300ms", "700ms", "2s"})
        List<Duration> looks,

        @DefaultValue("500ms") Duration timeout) {}
