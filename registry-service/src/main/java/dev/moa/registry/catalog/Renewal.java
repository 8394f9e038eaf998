package dev.moa.registry.catalog;

import java.util.List;

/**
 * What became of a batch of renewals.
 *
 * @param renewed ids whose lease goes on
 * @param unknown ids that are not registered (any more): register again
 * @param stale leases whose id a later registration has taken: stop renewing, do not register again
 */
public record Renewal(List<String> renewed, List<String> unknown, List<Stale> stale) {

    /** A lease of the past. */
    public record Stale(String id, long given, long current) {}
}
