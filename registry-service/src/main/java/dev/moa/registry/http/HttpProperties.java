package dev.moa.registry.http;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Bounds of the REST edge.
 *
 * @param maxBody the largest body of a request
 * @param writesPerSecond requests that write, by REST and by the moa port together, of one caller (its token, else its address), a second; more are refused; many registrations at once count as many as they are
 * @param writesBurst how many of these at once after a pause
 */
@ConfigurationProperties("moa.registry.http")
record HttpProperties(
        @DefaultValue("256KB") DataSize maxBody,
        @DefaultValue("5000") int writesPerSecond,
        @DefaultValue("25000") int writesBurst) {

    HttpProperties {
        if (writesPerSecond < 1 || writesBurst < 1) {
            throw new IllegalArgumentException(
                    "moa.registry.http: writes-per-second %d, writes-burst %d (expected: > 0)"
                            .formatted(writesPerSecond, writesBurst));
        }
    }
}
