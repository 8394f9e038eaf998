package dev.moa.registry.catalog;

/**
 * How many leases of a service are over, or near their end because renewals are missing.
 *
 * @param leases how many there are
 */
public record Silence(int silent, int leases) {}
