package dev.moa.sdk.call;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many retries and hedges the calls so far have earned: each call pays in a share of one, each repetition takes
 * out one and what its own call paid in. An outage thus meets at most that share of additional load, however many
 * callers there are (after Finagle's RetryBudget), savings included. A client that is so quiet that it earns less
 * than one in 200 ms is given that much, to be able to retry at all.
 *
 * <p>Safe for many threads, without a lock.
 */
public final class RetryBudget {

    private static final long ONE = 1_000;
    private static final long MOST = 50 * ONE;
    private static final long AT_FIRST = 10 * ONE;
    /** Per tick of 100 ms. */
    private static final long TRICKLE = ONE / 2;

    private final AtomicLong balance;
    private final AtomicLong earned = new AtomicLong();
    private final double ratio;
    private final long share;

    /** @param ratio repetitions for each call, 0 to 1 */
    public RetryBudget(double ratio) {
        this.ratio = ratio;
        this.share = Math.round(ratio * ONE);
        this.balance = new AtomicLong(share == 0 ? 0 : AT_FIRST);
    }

    /** A call begins. */
    public void called() {
        if (share > 0) {
            add(share);
            if (earned.get() < TRICKLE) {
                earned.addAndGet(share);
            }
        }
    }

    /** Another 100 ms have passed. */
    public void tick() {
        if (share > 0) {
            long missing = TRICKLE - earned.getAndSet(0);
            if (missing > 0) {
                add(missing);
            }
        }
    }

    /** Takes one repetition, or returns false if none is left. */
    public boolean take() {
        long now = balance.get();
        while (now >= ONE) {
            if (balance.compareAndSet(now, now - ONE - share)) {
                return true;
            }
            now = balance.get();
        }
        return false;
    }

    /** Returns the repetitions that could be taken now. */
    public double available() {
        return Math.max(0, balance.get()) / (double) ONE;
    }

    /** Returns the repetitions for each call. */
    public double ratio() {
        return ratio;
    }

    private void add(long amount) {
        long now = balance.get();
        if (now < MOST) {
            // a lost race costs or gives a fraction of a retry
            balance.compareAndSet(now, Math.min(MOST, now + amount));
        }
    }
}
