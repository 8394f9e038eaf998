package dev.moa.async;

import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What this process does.
 *
 * @param roles {@code broker} accepts tasks, {@code worker} delivers them; one process may do both
 */
@ConfigurationProperties("moa.async")
public record AsyncProperties(
        @DefaultValue({"broker", "worker"}) Set<Role> roles) {

    /** A part that a process can play. */
    public enum Role {
        BROKER,
        WORKER
    }

    public AsyncProperties {
        if (roles.isEmpty()) {
            throw new IllegalArgumentException("moa.async.roles: none (expected: broker, worker or both)");
        }
    }
}
