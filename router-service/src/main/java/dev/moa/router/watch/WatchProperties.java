package dev.moa.router.watch;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Bounds of long polls.
 *
 * @param maxWait the longest a poll waits, whatever it asks for
 * @param maxWaiting polls that wait at once; more are refused
 * @param maxServices services in one poll
 */
@ConfigurationProperties("moa.router.watch")
public record WatchProperties(
        @DefaultValue("30s") Duration maxWait,
        @DefaultValue("50000") int maxWaiting,
        @DefaultValue("5000") int maxServices) {}
