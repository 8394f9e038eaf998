package dev.moa.registry.intent;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What operators want.
 *
 * @param keptAudit entries that the audit log keeps, about
 */
@ConfigurationProperties("moa.registry.intent")
public record IntentProperties(@DefaultValue("10000") int keptAudit) {

    public IntentProperties {
        if (keptAudit < 1) {
            throw new IllegalArgumentException(
                    "moa.registry.intent.kept-audit: %d (expected: > 0)".formatted(keptAudit));
        }
    }
}
