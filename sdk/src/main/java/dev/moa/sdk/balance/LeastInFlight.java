package dev.moa.sdk.balance;

import dev.moa.protocol.CallRequest;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Takes the candidate with the fewest calls in flight for its weight. It looks at every candidate, from a random one
 * on, so that clients that see the same do not all run to the first.
 */
final class LeastInFlight implements Balancer {

    @Override
    public int choose(List<? extends Candidate> candidates, CallRequest request) {
        int size = candidates.size();
        int start = ThreadLocalRandom.current().nextInt(size);
        int best = start;
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < size; i++) {
            int place = start + i < size ? start + i : start + i - size;
            double load = score(candidates.get(place));
            if (load < least) {
                least = load;
                best = place;
            }
        }
        return best;
    }

    /** Returns (in flight + 1) ÷ weight. */
    @Override
    public double score(Candidate candidate) {
        return (candidate.inFlight() + 1) / candidate.weight();
    }
}
