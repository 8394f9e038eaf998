package dev.moa.sdk.call;

/**
 * A quantile that follows its samples in constant memory: a sample above the estimate raises it a little, one below
 * lowers it less, so that it comes to rest where the right share lies above (Robbins and Monro, 1951). It moves by
 * factors, since latencies spread over orders of magnitude: at most 5 % for one sample.
 *
 * <p>Safe for many threads; samples that come at the same moment may count as one.
 */
public final class LearnedQuantile {

    private static final double STEP = 0.05;
    /** Samples before it is believed. */
    private static final int ENOUGH = 50;
    /** The first samples move it faster: it starts at the very first one. */
    private static final int FAST = 20;

    private static final double FAST_STEP = 0.3;

    private final double quantile;
    private volatile double logarithm;
    private volatile int samples;

    /** @param quantile above 0, below 1 */
    public LearnedQuantile(double quantile) {
        this.quantile = quantile;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // a lost sample is one sample less
    /** Takes a sample in. */
    public void add(long nanos) {
        double sample = Math.log(Math.max(1, nanos));
        int before = samples;
        if (before == 0) {
            logarithm = sample;
        } else {
            double step = before < FAST ? FAST_STEP : STEP;
            logarithm += sample > logarithm ? step * quantile : -step * (1 - quantile);
        }
        if (before < ENOUGH) {
            samples = before + 1;
        }
    }

    /** Returns the estimate in nanoseconds, or {@link Long#MAX_VALUE} while there are too few samples. */
    public long nanos() {
        return samples < ENOUGH ? Long.MAX_VALUE : (long) Math.exp(logarithm);
    }
}
