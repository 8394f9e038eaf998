package dev.moa.gateway.http;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Limits of the requests through {@code /http}.
 *
 * @param maxBody The largest request body, in bytes; a larger one is answered 413.
 * @param maxInFlight How many requests may be in flight at once; more are answered 429.
 * @param responseTimeout How long an instance may take to begin its answer, or to go on with it.
 * @param sandbox Whether pages of HTTP services run in a browser's sandbox, so that they cannot act as the console.
 */
@ConfigurationProperties("moa.gateway.http")
public record HttpProxyProperties(
        @DefaultValue("64MB") DataSize maxBody,
        @DefaultValue("1000") int maxInFlight,
        @DefaultValue("30s") Duration responseTimeout,
        @DefaultValue("true") boolean sandbox) {}
