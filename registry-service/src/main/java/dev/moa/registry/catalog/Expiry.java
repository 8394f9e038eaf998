package dev.moa.registry.catalog;

import java.util.List;

/**
 * What a look at a service's leases did.
 *
 * @param removed ids whose lease had ended
 * @param nowMs when, by Redis's time
 * @param nextMs the next moment at which a lease can end if nobody renews; 0 where there is none
 * @param overdueMs how long the longest of the removed leases had been over
 * @param newlyHeld how many instances whose lease had ended are held from now on
 * @param held the instances that were held before, at most some hundred
 * @param silent how many leases are over or have missed renewals; told only where one is over
 * @param leases how many leases the service has
 * @param askedMs more than 0 if leases are over but nobody was removed, because it is not known whether many are lost
 *     elsewhere: how near to its end a lease counts as lost
 * @param asked the instances whose lease is over and who are to be asked whether they are there, at most some hundred
 */
public record Expiry(
        List<String> removed,
        long nowMs,
        long nextMs,
        long overdueMs,
        int newlyHeld,
        List<Overdue> held,
        int silent,
        int leases,
        long askedMs,
        List<Overdue> asked) {

    /**
     * An instance that stays though its lease is over.
     *
     * @param overMs how long its lease has been over
     */
    public record Overdue(Lease lease, long overMs) {}
}
