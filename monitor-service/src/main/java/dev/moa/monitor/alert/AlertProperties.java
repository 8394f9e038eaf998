package dev.moa.monitor.alert;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is watched.
 *
 * @param rules Rules, each evaluated once a minute over the last whole minute.
 */
@ConfigurationProperties("moa.monitor.alerts")
public record AlertProperties(@DefaultValue List<Rule> rules) {

    /**
     * One rule. It fires while its value is below min or above max.
     *
     * @param name What to call it; by default made of the other settings.
     * @param service The service it is about; all services together by default.
     * @param method The method it is about; all methods together by default.
     * @param side Who counted: server or client.
     * @param metric rate (calls per second), error-ratio (0 to 1) or p99 (milliseconds).
     * @param min The least that is right.
     * @param max The most that is right.
     * @param minutes How many whole minutes in a row must be wrong before it fires, and right before it resolves.
     */
    public record Rule(
            @Nullable String name,
            @Nullable String service,
            @Nullable String method,
            @DefaultValue("server") String side,
            Metric metric,
            @Nullable Double min,
            @Nullable Double max,
            @DefaultValue("1") int minutes) {

        public Rule {
            if (min == null && max == null) {
                throw new IllegalArgumentException(
                        "moa.monitor.alerts.rules: %s has no limit (expected: min, max or both)".formatted(name));
            }
            if (minutes < 1 || minutes > 60) {
                throw new IllegalArgumentException(
                        "moa.monitor.alerts.rules: %s minutes: %d (expected: 1 to 60)".formatted(name, minutes));
            }
            if (name == null) {
                name = "%s of %s %s"
                        .formatted(metric, service == null ? "all services" : service, method == null ? "" : method)
                        .strip();
            }
        }
    }

    /** What a rule looks at. */
    public enum Metric {
        /** Calls per second. */
        @JsonProperty("rate")
        RATE("rate"),
        /** Failed calls as a share of all, 0 to 1. */
        @JsonProperty("error-ratio")
        ERROR_RATIO("error-ratio"),
        /** The latency that one call in a hundred exceeds, in milliseconds. */
        @JsonProperty("p99")
        P99("p99");

        private final String word;

        Metric(String word) {
            this.word = word;
        }

        @Override
        public String toString() {
            return word;
        }
    }

    public AlertProperties {
        if (rules.size() > 1_000) {
            throw new IllegalArgumentException(
                    "moa.monitor.alerts.rules: %d (expected: at most 1000)".formatted(rules.size()));
        }
    }
}
