package dev.moa.registry.catalog;

/**
 * An instance's right to be listed.
 *
 * @param incarnation the registration it belongs to
 */
public record Lease(InstanceId id, long incarnation) {}
