package dev.moa.sdk.balance;

import dev.moa.protocol.CallRequest;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Draws two candidates and takes the one with less load: near the best of all at the cost of two looks, and no herd
 * runs to the same one (Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001). Load is what a
 * new call would wait for, with failures counted as a slow answer: the quick failure of a broken instance must not
 * look like speed.
 */
final class PowerOfTwoChoices implements Balancer {

    @Override
    public int choose(List<? extends Candidate> candidates, CallRequest request) {
        int size = candidates.size();
        if (size == 1) {
            return 0;
        }
        ThreadLocalRandom random = ThreadLocalRandom.current();
        int first = random.nextInt(size);
        int second = random.nextInt(size - 1);
        if (second >= first) {
            second++;
        }
        return load(candidates.get(first)) <= load(candidates.get(second)) ? first : second;
    }

    private static double load(Candidate candidate) {
        double success = candidate.success();
        return (candidate.inFlight() + 1) * candidate.latencyNanos() / (success * success) / candidate.weight();
    }
}
