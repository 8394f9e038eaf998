package dev.moa.sdk.balance;

import dev.moa.protocol.CallRequest;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Shares by weight without keeping anything per candidate: the multiples of the golden ratio, modulo 1, fall on
 * [0, 1) as evenly as a sequence can (Weyl; Knuth, TAOCP 6.4), and each candidate owns as much of it as its weight.
 */
final class WeightedRoundRobin implements Balancer {

    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    // a random start: clients that begin together do not walk in step
    private final AtomicLong turn = new AtomicLong(ThreadLocalRandom.current().nextLong());

    @Override
    public int choose(List<? extends Candidate> candidates, CallRequest request) {
        double sum = 0;
        for (int i = 0; i < candidates.size(); i++) {
            sum += candidates.get(i).weight();
        }
        double place = ((turn.getAndAdd(GOLDEN) >>> 11) * 0x1.0p-53) * sum;
        for (int i = 0; i < candidates.size() - 1; i++) {
            place -= candidates.get(i).weight();
            if (place < 0) {
                return i;
            }
        }
        return candidates.size() - 1;
    }
}
