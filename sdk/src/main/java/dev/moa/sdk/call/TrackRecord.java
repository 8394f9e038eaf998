package dev.moa.sdk.call;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * How one instance has answered so far: calls in flight, decayed latency, decayed success.
 *
 * <p>Each sample moves the averages by a tenth, more after a pause (time constant 1 s), so that a busy instance's
 * figures follow within some ten calls and an idle one's with the first. While nothing comes in, the figures drift
 * back to "unknown" (time constant 2.5 s), and after 4 s the instance is due: it gets one call whatever its figures
 * say, and that call alone decides what is believed next. So an instance that was however slow is noticed within
 * some 4 s of being well again, at the cost of one call in 4 s. A failure counts as a slow answer and lowers the success.
 * A call without an answer is no sample, but it is that one call: else all of them would go to whoever is due.
 *
 * <p>Samples are taken under the record's own lock, which is held for some nanoseconds; readers take no lock and may
 * see a latency and a success of two neighbouring samples.
 */
final class TrackRecord {

    /** Weight of one sample. */
    private static final double STEP = 0.1;
    /** After this pause a sample weighs more than {@link #STEP}: 1 - exp(-t / 1 s) = 0.1. */
    private static final long LONG_PAUSE_NANOS = 105_000_000L;

    private static final double SAMPLE_TIME_NANOS = 1e9;
    private static final double DRIFT_TIME_NANOS = 2.5e9;
    /** After this pause nothing of the old figures is believed. */
    static final long DUE_NANOS = 4_000_000_000L;

    /** A failure is at least this much slower than what the instance usually takes. */
    private static final double FAILURE_FACTOR = 3;
    /** A call that had less time than this much of the usual latency says nothing by running out of it. */
    private static final double FAIR_FACTOR = 2;

    private static final double LEAST_SUCCESS = 0.05;
    private static final double LEAST_LATENCY_NANOS = 1_000;

    private final LongSupplier nanoClock;
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile double latencyNanos;
    private volatile double success = 1;
    private volatile long sampledAt;
    private volatile long sentAt;
    private int failuresInARow;

    /** @param latencyNanos what is assumed at first: that of its peers */
    TrackRecord(LongSupplier nanoClock, double latencyNanos) {
        this.nanoClock = nanoClock;
        this.latencyNanos = Math.max(latencyNanos, LEAST_LATENCY_NANOS);
        this.sampledAt = nanoClock.getAsLong();
        this.sentAt = sampledAt;
    }

    int inFlight() {
        return inFlight.get();
    }

    double latencyNanos() {
        return Math.max(LEAST_LATENCY_NANOS, latencyNanos * drift());
    }

    double success() {
        return Math.max(LEAST_SUCCESS, 1 - (1 - success) * drift());
    }

    /** Returns whether nothing was heard for so long that one call should find out. */
    boolean isDue() {
        long now = nanoClock.getAsLong();
        return inFlight.get() == 0 && now - sampledAt >= DUE_NANOS && now - sentAt >= DUE_NANOS;
    }

    /** A call goes out. */
    void begin() {
        inFlight.incrementAndGet();
    }

    /** A call that went out ends; returns the failures in a row. */
    int end(Outcome outcome, long tookNanos) {
        inFlight.decrementAndGet();
        return switch (outcome) {
            case SUCCESS -> sample(true, true, tookNanos);
            case FAILURE -> sample(false, true, tookNanos);
            case REFUSED -> sample(false, false, tookNanos);
            case TIMED_OUT ->
                tookNanos >= latencyNanos * FAIR_FACTOR ? sample(false, true, tookNanos) : atLeast(tookNanos);
            case ABANDONED -> atLeast(tookNanos);
            case OUTRUN -> outrun(tookNanos);
            case SENT -> {
                sentAt = nanoClock.getAsLong();
                yield failuresInARow();
            }
            case UNKNOWN -> failuresInARow();
        };
    }

    private synchronized int sample(boolean succeeded, boolean counts, long tookNanos) {
        double step = step();
        double took = succeeded ? tookNanos : Math.max(tookNanos, latencyNanos * FAILURE_FACTOR);
        latencyNanos += (took - latencyNanos) * step;
        success += ((succeeded ? 1 : 0) - success) * step;
        sampledAt = nanoClock.getAsLong();
        if (counts) {
            failuresInARow = succeeded ? 0 : failuresInARow + 1;
        }
        return failuresInARow;
    }

    /** An answer would have taken longer than this. */
    private synchronized int atLeast(long tookNanos) {
        if (tookNanos > latencyNanos) {
            latencyNanos += (tookNanos - latencyNanos) * step();
            sampledAt = nanoClock.getAsLong();
        }
        return failuresInARow;
    }

    /**
     * An answer would have taken longer, and how much longer nobody will know. Had it counted as this long, an instance
     * whose every call is overtaken by a hedge would never look slower than the hedges make it, however slow it is.
     * So each time it looks slower than before: by what one sees of a wait that has no memory, which is expected to
     * last once more as long as usual.
     */
    private synchronized int outrun(long tookNanos) {
        latencyNanos += tookNanos * step();
        sampledAt = nanoClock.getAsLong();
        return failuresInARow;
    }

    private double step() {
        long pause = nanoClock.getAsLong() - sampledAt;
        if (pause <= LONG_PAUSE_NANOS) {
            return STEP;
        }
        return pause >= DUE_NANOS ? 1 : 1 - Math.exp(-pause / SAMPLE_TIME_NANOS);
    }

    private synchronized int failuresInARow() {
        return failuresInARow;
    }

    /** Forgets the failures, as the instance has shown that it is well again. */
    synchronized void forgive() {
        failuresInARow = 0;
        success = 1;
    }

    private double drift() {
        long idle = nanoClock.getAsLong() - sampledAt;
        return idle <= LONG_PAUSE_NANOS ? 1 : Math.exp(-idle / DRIFT_TIME_NANOS);
    }
}
