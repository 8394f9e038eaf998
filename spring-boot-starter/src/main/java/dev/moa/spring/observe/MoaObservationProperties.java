package dev.moa.spring.observe;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Calls as observations of Micrometer: spans where the application traces, and the timers moa.client.calls and moa.server.calls.
 *
 * @param enabled Whether calls are observed: always, never, or auto, which is where the application traces.
 * @param maxMethods How many methods keep their name in tags and spans, for each side; later ones are called (other).
 */
@ConfigurationProperties("moa.observations")
public record MoaObservationProperties(
        @DefaultValue("auto") Mode enabled,
        @DefaultValue("1000") int maxMethods) {

    /** When calls are observed. */
    public enum Mode {
        ALWAYS,
        NEVER,
        AUTO
    }
}
