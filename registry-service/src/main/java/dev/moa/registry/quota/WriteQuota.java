package dev.moa.registry.quota;

import dev.moa.registry.Refusal;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * So many writes a second for each caller, known by its token or else its address: one that registers in a loop takes
 * nothing from the others. Renewals count as one however many leases they carry, many registrations at once as many as
 * they are. Safe for many threads; never blocks.
 */
public final class WriteQuota {
    private static final int MAX_CALLERS = 10_000;
    private static final double NANOS = 1e9;

    private final double perSecond;
    private final double burst;
    private final Map<String, Bucket> buckets = new ConcurrentHashMap<>();

    public WriteQuota(int perSecond, int burst) {
        this.perSecond = perSecond;
        this.burst = burst;
    }

    /** What a caller may still do; guarded by itself. */
    private static final class Bucket {
        private double left;
        private long filledNanos = System.nanoTime();

        Bucket(double left) {
            this.left = left;
        }

        /**
         * Takes some; returns how many seconds to wait for them, 0 if they were there. More than there can ever be are
         * taken from a full bucket, which then owes the rest.
         */
        synchronized double take(int writes, double perSecond, double burst) {
            long now = System.nanoTime();
            left = Math.min(burst, left + (now - filledNanos) / NANOS * perSecond);
            filledNanos = now;
            double needed = Math.min(writes, burst);
            if (left >= needed) {
                left -= writes;
                return 0;
            }
            return (needed - left) / perSecond;
        }

        synchronized boolean isFull(double perSecond, double burst) {
            return left + (System.nanoTime() - filledNanos) / NANOS * perSecond >= burst;
        }
    }

    /** Takes one write of the caller; returns how many seconds to wait for it, 0 if it may be done. */
    public double take(String caller) {
        return take(caller, 1);
    }

    /** Takes some writes of the caller, all or none; returns how many seconds to wait, 0 if they may be done. */
    public double take(String caller, int writes) {
        return bucket(caller).take(writes, perSecond, burst);
    }

    /** Takes some writes of the caller, or refuses all of them with RESOURCE_EXHAUSTED. */
    public void require(String caller, int writes) {
        double wait = take(caller, writes);
        if (wait > 0) {
            throw refusal(caller, wait);
        }
    }

    /** Says no, with when to come again. */
    public Refusal refusal(String caller, double wait) {
        return Refusal.exhausted(
                "writes",
                caller,
                "%d a second for one caller (moa.registry.http.writes-per-second)".formatted((long) perSecond),
                "wait %d ms; renew all leases of a process in one request".formatted((long) Math.ceil(wait * 1000)));
    }

    private Bucket bucket(String name) {
        Bucket known = buckets.get(name);
        if (known != null) {
            return known;
        }
        if (buckets.size() >= MAX_CALLERS) {
            // who has a full bucket loses nothing by being forgotten
            for (Iterator<Bucket> each = buckets.values().iterator(); each.hasNext(); ) {
                if (each.next().isFull(perSecond, burst)) {
                    each.remove();
                }
            }
            if (buckets.size() >= MAX_CALLERS) {
                return buckets.computeIfAbsent("", all -> new Bucket(burst));
            }
        }
        return buckets.computeIfAbsent(name, fresh -> new Bucket(burst));
    }
}
