package dev.moa.sdk.stats;

import dev.moa.protocol.StatusCode;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Counts the calls of one method on one side. Ask {@link Statistics#method} for it once and keep it: recording
 * looks nothing up, takes no lock and allocates nothing once an octave of the histogram has been used.
 *
 * <p>Safe for many threads. Threads are spread over stripes by their id, so that two of them seldom write the
 * same cache line. What has been counted is taken out with {@code getAndSet(0)} number by number: every call is
 * in exactly one delta, but the parts of a call recorded at that very moment (its latency, its code) may lie
 * in two neighbouring ones.
 */
public final class MethodStatistics {
    private static final int STRIPES =
            Math.min(4, Integer.highestOneBit(Math.max(1, Runtime.getRuntime().availableProcessors() * 2 - 1)));

    private static final int SUM = 0;
    private static final int MAX = 1;
    private static final int BYTES_IN = 2;
    private static final int BYTES_OUT = 3;
    private static final int IN_FLIGHT = 4;
    private static final int CODES = 5;
    private static final int CODE_COUNT = StatusCode.values().length;

    private final String service;
    private final String method;
    private final CallSide side;
    private final Stripe[] stripes = new Stripe[STRIPES];
    private volatile Interval last = Interval.NONE;
    /** What has been taken out so far, under the lock of this object. */
    private final LatencyHistogram reported = new LatencyHistogram();

    private long reportedErrors;

    MethodStatistics(String service, String method, CallSide side) {
        this.service = service;
        this.method = method;
        this.side = side;
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new Stripe();
        }
    }

    /** Returns the service's name, or {@link Statistics#OTHER}. */
    public String service() {
        return service;
    }

    /** Returns the method's name, or {@link Statistics#OTHER}. */
    public String method() {
        return method;
    }

    /** Returns which end of the calls is counted here. */
    public CallSide side() {
        return side;
    }

    /** Counts a call that has begun as in flight, until {@link #ended}. */
    public void started() {
        stripe().numbers.getAndIncrement(IN_FLIGHT);
    }

    /**
     * Counts a call that {@link #started} and has now ended.
     *
     * @param nanos how long it took, in nanoseconds
     * @param bytesIn body bytes that came in: of the request for a server, of the response for a client
     * @param bytesOut body bytes that went out
     */
    public void ended(StatusCode code, long nanos, long bytesIn, long bytesOut) {
        stripe().numbers.getAndDecrement(IN_FLIGHT);
        record(code, nanos, bytesIn, bytesOut);
    }

    /** Counts a call that was never counted as in flight; the arguments are those of {@link #ended}. */
    public void record(StatusCode code, long nanos, long bytesIn, long bytesOut) {
        Stripe stripe = stripe();
        AtomicLongArray numbers = stripe.numbers;
        long value = Math.max(0, nanos);
        stripe.count(LatencyHistogram.bucketOf(value));
        numbers.getAndAdd(SUM, value);
        if (bytesIn > 0) {
            numbers.getAndAdd(BYTES_IN, bytesIn);
        }
        if (bytesOut > 0) {
            numbers.getAndAdd(BYTES_OUT, bytesOut);
        }
        if (code != StatusCode.OK) {
            numbers.getAndIncrement(CODES + code.ordinal());
        }
        long max = numbers.get(MAX);
        while (value > max && !numbers.compareAndSet(MAX, max, value)) {
            max = numbers.get(MAX);
        }
    }

    /** Returns how many calls have begun and not ended. */
    public long inFlight() {
        long all = 0;
        for (Stripe stripe : stripes) {
            all += stripe.numbers.get(IN_FLIGHT);
        }
        return Math.max(0, all);
    }

    /** Returns what the last interval that was reported held; nothing before the first. */
    public Interval last() {
        return last;
    }

    /**
     * What has become of the calls of a method since the process started, however often reports were made.
     *
     * @param calls that ended
     * @param errors those of them that did not end well
     * @param inFlight calls that have begun and not ended
     * @param latency how long they took
     */
    public record Totals(long calls, long errors, long inFlight, LatencyHistogram latency) {}

    /** Returns the totals at this moment. */
    public synchronized Totals totals() {
        LatencyHistogram latency = new LatencyHistogram();
        latency.add(reported);
        long errors = reportedErrors;
        for (Stripe stripe : stripes) {
            errors += stripe.addTo(latency);
        }
        return new Totals(latency.count(), errors, inFlight(), latency);
    }

    /** Takes out what was counted since the last time; null if there was nothing and nothing is in flight. */
    synchronized StatisticsReport.@Nullable MethodDelta drain() {
        LatencyHistogram latency = new LatencyHistogram();
        long[] taken = new long[CODES + CODE_COUNT];
        for (Stripe stripe : stripes) {
            stripe.drainTo(latency, taken);
        }
        Map<Integer, Long> codes = new TreeMap<>();
        for (StatusCode code : StatusCode.values()) {
            long failures = taken[CODES + code.ordinal()];
            if (failures > 0) {
                codes.put(code.number(), failures);
            }
        }
        last = last.then(latency, codes.values());
        reported.add(latency);
        reportedErrors += codes.values().stream().mapToLong(Long::longValue).sum();
        long inFlight = inFlight();
        // a call recorded right now may have had its latency taken the last time, and only its bytes or sum now
        boolean empty = latency.isEmpty() && latency.sumNanos() == 0 && codes.isEmpty();
        if (empty && taken[BYTES_IN] == 0 && taken[BYTES_OUT] == 0 && inFlight == 0) {
            return null;
        }
        return new StatisticsReport.MethodDelta(
                service, method, side, latency.count(), codes, inFlight, taken[BYTES_IN], taken[BYTES_OUT], latency);
    }

    private Stripe stripe() {
        // getId() and not threadId(): the code runs on 17
        return stripes[(int) Thread.currentThread().getId() & (STRIPES - 1)];
    }

    private static final class Stripe {
        // one array of 64 counters per octave that has been seen. Unsigned: it wraps only where nobody
        // takes anything out for four thousand million calls
        private final AtomicReferenceArray<AtomicIntegerArray> octaves =
                new AtomicReferenceArray<>(LatencyHistogram.BUCKETS >>> LatencyHistogram.SUB_BUCKET_BITS);
        private final AtomicLongArray numbers = new AtomicLongArray(CODES + CODE_COUNT);

        void count(int bucket) {
            int octave = bucket >>> LatencyHistogram.SUB_BUCKET_BITS;
            AtomicIntegerArray counters = octaves.get(octave);
            if (counters == null) {
                octaves.compareAndSet(octave, null, new AtomicIntegerArray(1 << LatencyHistogram.SUB_BUCKET_BITS));
                counters = octaves.get(octave);
            }
            counters.getAndIncrement(bucket & ((1 << LatencyHistogram.SUB_BUCKET_BITS) - 1));
        }

        /** Adds what is counted here, which stays; returns the calls that did not end well. */
        long addTo(LatencyHistogram latency) {
            for (int octave = 0; octave < octaves.length(); octave++) {
                AtomicIntegerArray counters = octaves.get(octave);
                for (int i = 0; counters != null && i < counters.length(); i++) {
                    if (counters.get(i) != 0) {
                        latency.addToBucket(
                                (octave << LatencyHistogram.SUB_BUCKET_BITS) + i,
                                Integer.toUnsignedLong(counters.get(i)));
                    }
                }
            }
            latency.addTotals(numbers.get(SUM), numbers.get(MAX));
            long errors = 0;
            for (int code = CODES; code < numbers.length(); code++) {
                errors += numbers.get(code);
            }
            return errors;
        }

        void drainTo(LatencyHistogram latency, long[] taken) {
            int highest = -1;
            for (int octave = 0; octave < octaves.length(); octave++) {
                AtomicIntegerArray counters = octaves.get(octave);
                if (counters == null) {
                    continue;
                }
                for (int i = 0; i < counters.length(); i++) {
                    if (counters.get(i) != 0) {
                        highest = (octave << LatencyHistogram.SUB_BUCKET_BITS) + i;
                        latency.addToBucket(highest, Integer.toUnsignedLong(counters.getAndSet(i, 0)));
                    }
                }
            }
            for (int i = 0; i < taken.length; i++) {
                if (i != MAX && i != IN_FLIGHT && numbers.get(i) != 0) {
                    taken[i] += numbers.getAndSet(i, 0);
                }
            }
            long max = numbers.getAndSet(MAX, 0);
            if (highest >= 0) {
                // a call recorded right now may have its latency here and its maximum in the next delta
                latency.addTotals(0, Math.max(max, LatencyHistogram.lowerBound(highest)));
            }
            latency.addTotals(taken[SUM], 0);
            taken[SUM] = 0;
        }
    }
}
