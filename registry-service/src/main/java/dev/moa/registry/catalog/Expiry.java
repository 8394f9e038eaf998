package dev.moa.registry.catalog;

import java.util.List;

/**
 * What a look at a service's leases did.
 *
 * @param removed ids whose lease had ended
 * @param nowMs when, by Redis's time
 * @param nextMs the next moment at which a lease can end if nobody renews; 0 where there is none
 * @param overdueMs how long the longest of the removed leases had been over
 */
public record Expiry(List<String> removed, long nowMs, long nextMs, long overdueMs) {}
