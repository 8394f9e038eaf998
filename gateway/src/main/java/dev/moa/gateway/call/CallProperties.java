package dev.moa.gateway.call;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Limits of the calls through {@code /api}.
 *
 * @param maxBody The largest body, in bytes; a larger one is answered 413.
 * @param maxInFlight How many calls may be in flight at once; more are answered 429.
 * @param maxTimeout The longest time that Moa-Timeout-Ms may ask for.
 * @param bodyTimeout How long a body may take to arrive; a slower one is answered 408.
 */
@ConfigurationProperties("moa.gateway.calls")
public record CallProperties(
        @DefaultValue("1MB") DataSize maxBody,
        @DefaultValue("2000") int maxInFlight,
        @DefaultValue("60s") Duration maxTimeout,
        @DefaultValue("10s") Duration bodyTimeout) {}
