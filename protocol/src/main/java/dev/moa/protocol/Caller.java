package dev.moa.protocol;

import java.util.Set;

/**
 * A caller that has shown a token.
 *
 * @param name the token's name in the settings
 * @param role what it may do
 * @param services for {@link Role#SERVICE}: the services it may register and act for; empty means all
 */
public record Caller(String name, Role role, Set<ServiceName> services) {

    /** What a token may do. */
    public enum Role {
        /** Register and call. */
        SERVICE,
        /** Switches, overrides, replays, rules, and all that the others may. */
        OPERATOR,
        /** Read only. */
        READER
    }

    public Caller {
        services = Set.copyOf(services);
    }

    /** Returns whether the caller may register or change instances of {@code service}. */
    public boolean mayActFor(ServiceName service) {
        return role == Role.OPERATOR || (role == Role.SERVICE && (services.isEmpty() || services.contains(service)));
    }
}
