package dev.moa.registry.catalog;

import org.jspecify.annotations.Nullable;

/**
 * The answer to a registration.
 *
 * @param incarnation to be given with each renewal, change and removal
 * @param ttlSeconds renew within this time; a third of it is a good rhythm
 * @param revision the service's revision with this registration in it
 */
public record Registered(
        String id, long incarnation, @Nullable Integer ttlSeconds, String service, String epoch, long revision) {}
