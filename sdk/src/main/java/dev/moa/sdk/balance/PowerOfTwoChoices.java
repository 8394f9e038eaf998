package dev.moa.sdk.balance;

import dev.moa.protocol.CallRequest;
import dev.moa.sdk.lookup.InstanceAddress;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Draws two candidates and takes the one with less load: near the best of all at the cost of two looks, and no herd
 * runs to the same one (Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001). Load is what a
 * new call would wait for, with failures counted as a slow answer: the quick failure of a broken instance must not
 * look like speed.
 *
 * <p>The weight decides how often a candidate is drawn, not how it compares: among equals shares go by weight even
 * where nobody has a call in flight. One whose weight is lowered because it has yet to show what it can do is taken
 * when it is drawn first: a cold instance that only lost against warm ones would never become warm.
 */
final class PowerOfTwoChoices implements Balancer {

    /**
     * Scores this close are equal: whoever was drawn first has the call. Else the slowest of ten by a hair, which is
     * what noise makes of equals, would get a tenth of its share.
     */
    private static final double CLEARLY_LESS = 0.8;

    /** Draws that may be refused for a small weight before the last one is taken as it is. */
    private static final int MAX_DRAWS = 32;

    /** The greatest weight in a list. Lists never change, so it is looked for once in each. */
    private record Heaviest(List<? extends Candidate> of, double weight) {}

    private final Supplier<? extends RandomGenerator> randoms;
    private volatile @Nullable Heaviest heaviest;

    PowerOfTwoChoices(Supplier<? extends RandomGenerator> randoms) {
        this.randoms = randoms;
    }

    @Override
    public int choose(List<? extends Candidate> candidates, CallRequest request) {
        int size = candidates.size();
        if (size == 1) {
            return 0;
        }
        RandomGenerator random = randoms.get();
        double most = heaviest(candidates);
        int first = draw(candidates, most, -1, random);
        int second = draw(candidates, most, first, random);
        Candidate one = candidates.get(first);
        Candidate other = candidates.get(second);
        if (one.isDue() || one.weight() < fullWeight(one)) {
            return first;
        }
        return other.isDue() || score(other) < score(one) * CLEARLY_LESS ? second : first;
    }

    /** Returns (in flight ÷ weight + 1) × latency ÷ success². */
    @Override
    public double score(Candidate candidate) {
        double success = candidate.success();
        return (candidate.inFlight() / fullWeight(candidate) + 1) * candidate.latencyNanos() / (success * success);
    }

    private static int draw(List<? extends Candidate> candidates, double most, int except, RandomGenerator random) {
        int size = candidates.size();
        int drawn = 0;
        for (int i = 0; i < MAX_DRAWS; i++) {
            drawn = random.nextInt(except < 0 ? size : size - 1);
            if (except >= 0 && drawn >= except) {
                drawn++;
            }
            double weight = candidates.get(drawn).weight();
            if (weight >= most || random.nextDouble() * most < weight) {
                return drawn;
            }
        }
        return drawn;
    }

    private double heaviest(List<? extends Candidate> candidates) {
        Heaviest known = heaviest;
        if (known == null || known.of != candidates) {
            double most = 0;
            for (int i = 0; i < candidates.size(); i++) {
                most = Math.max(most, fullWeight(candidates.get(i)));
            }
            known = new Heaviest(candidates, most);
            heaviest = known;
        }
        return known.weight;
    }

    private static double fullWeight(Candidate candidate) {
        return Math.max(1, candidate.address().weight()) / (double) InstanceAddress.DEFAULT_WEIGHT;
    }
}
