package dev.moa.benchmarks.chaos;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;

/** Which messages of Pub/Sub, or which connections, get lost. Safe for many threads. */
final class WakeLoss {
    private final double share;
    private final SplittableRandom random;
    private final LongAdder all = new LongAdder();
    private final LongAdder lost = new LongAdder();

    /** @param share 0 to 1 */
    WakeLoss(double share, long seed) {
        this.share = share;
        this.random = new SplittableRandom(seed);
    }

    synchronized boolean isLost() {
        all.increment();
        boolean is = random.nextDouble() < share;
        if (is) {
            lost.increment();
        }
        return is;
    }

    /** How many there were, the lost ones among them. */
    long all() {
        return all.sum();
    }

    long lost() {
        return lost.sum();
    }
}
