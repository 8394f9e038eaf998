package dev.moa.registry.watch;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Bounds of the watches.
 *
 * @param maxSubscribers watches at the same time
 * @param maxServices services in one watch
 * @param bufferEvents events that wait for one slow subscriber; at one more it is cut off
 * @param bufferSize bytes that wait for one slow subscriber
 * @param heartbeat how often a comment is sent, so that both ends notice a dead connection
 * @param pollInterval how often a watched service is looked at even if no wake-up came
 */
@ConfigurationProperties("moa.registry.watch")
public record WatchProperties(
        @DefaultValue("1000") int maxSubscribers,
        @DefaultValue("500") int maxServices,
        @DefaultValue("256") int bufferEvents,
        @DefaultValue("8MB") DataSize bufferSize,
        @DefaultValue("10s") Duration heartbeat,
        @DefaultValue("2s") Duration pollInterval) {}
