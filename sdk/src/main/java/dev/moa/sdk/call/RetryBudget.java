package dev.moa.sdk.call;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many retries the calls so far have earned: each call pays in a share of one, each retry takes one out. An
 * outage thus meets at most that share of additional load, however many callers there are (Finagle's RetryBudget).
 * A trickle of one in 200 ms keeps a quiet client able to retry at all.
 */
final class RetryBudget {

    private static final long ONE = 1_000;
    private static final long MOST = 100 * ONE;
    private static final long AT_FIRST = 10 * ONE;
    /** Per tick of 100 ms. */
    private static final long TRICKLE = ONE / 2;

    private final AtomicLong balance;
    private final long share;

    RetryBudget(double ratio) {
        this.share = Math.round(ratio * ONE);
        this.balance = new AtomicLong(share == 0 ? 0 : AT_FIRST);
    }

    void called() {
        add(share);
    }

    void tick() {
        if (share > 0) {
            add(TRICKLE);
        }
    }

    /** Takes one retry, or returns false if none is left. */
    boolean take() {
        long now = balance.get();
        while (now >= ONE) {
            if (balance.compareAndSet(now, now - ONE)) {
                return true;
            }
            now = balance.get();
        }
        return false;
    }

    private void add(long amount) {
        long now = balance.get();
        if (now < MOST) {
            // a lost race costs or gives a fraction of a retry
            balance.compareAndSet(now, Math.min(MOST, now + amount));
        }
    }
}
