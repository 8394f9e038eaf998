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
 * @param leases how many leases the service has, without the silent ones of whoever was replaced
 * @param askedMs more than 0 if leases are over but nobody was removed, because it is not known whether many are lost
 *     elsewhere: how near to its end a lease counts as lost
 * @param asked the instances whose lease is over and who are to be asked whether they are there, at most some hundred
 * @param unlookedUpTo 0 or more if leases are over but nobody was removed or held, because it is not known who has
 *     registered at whose address: the last incarnation that the service has given; else less than 0
 * @param replaced ids whose lease had ended and at whose address somebody lives who registered later
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
        List<Overdue> asked,
        long unlookedUpTo,
        List<String> replaced) {

    /** Returns whether everybody's lease runs. */
    public boolean isQuiet() {
        return removed.isEmpty()
                && replaced.isEmpty()
                && newlyHeld == 0
                && held.isEmpty()
                && asked.isEmpty()
                && askedMs == 0
                && unlookedUpTo < 0;
    }

    /**
     * An instance that stays though its lease is over.
     *
     * @param overMs how long its lease has been over
     */
    public record Overdue(Lease lease, long overMs) {}
}
