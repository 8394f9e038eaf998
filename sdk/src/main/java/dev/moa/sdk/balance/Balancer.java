package dev.moa.sdk.balance;

import dev.moa.protocol.CallRequest;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Chooses the instance that gets the next call. Safe for many threads; must not block. */
@FunctionalInterface
public interface Balancer {

    /**
     * Returns the index of the chosen candidate.
     *
     * @param candidates at least one; a list never changes, and it is the same list until something changes
     */
    int choose(List<? extends Candidate> candidates, CallRequest request);

    /** Returns what this balancer goes by, less is better; NaN, the default, if it compares nothing. For people. */
    default double score(Candidate candidate) {
        return Double.NaN;
    }

    /**
     * Returns the better of two that are drawn at random by weight: less (in flight + 1) × latency ÷ success². The
     * default: it follows what instances can do, and an instance that is slow or fails gets next to nothing.
     */
    static Balancer powerOfTwoChoices() {
        return powerOfTwoChoices(ThreadLocalRandom::current);
    }

    /** As {@link #powerOfTwoChoices()}, with the randomness of the caller's choice: simulations repeat themselves. */
    static Balancer powerOfTwoChoices(Supplier<? extends RandomGenerator> random) {
        return new PowerOfTwoChoices(random);
    }

    /** Returns the candidate with the fewest calls in flight for its weight; blind to how fast and how it answers. */
    static Balancer leastInFlight() {
        return new LeastInFlight();
    }

    /** Returns the candidates in turn, each as often as its weight says; blind to how they answer. */
    static Balancer weightedRoundRobin() {
        return new WeightedRoundRobin();
    }

    /**
     * Returns the same candidate for the same key as long as it is there; when one comes or goes only the keys that
     * it gains or loses move. For caches and for state that is kept per key.
     *
     * @param key what the calls go by; for null, the random better of two
     */
    static Balancer consistentHash(Function<CallRequest, @Nullable String> key) {
        return new ConsistentHash(key, powerOfTwoChoices());
    }

    /**
     * Returns what {@code within} chooses among the candidates of the own zone, or among all where the zone has too
     * few of them to carry its calls alone.
     *
     * @param zone the own zone
     * @param leastShare share of all candidates that the zone must have, 0 to 1; with 0 one instance is enough
     */
    static Balancer zoneFirst(String zone, double leastShare, Balancer within) {
        return new ZoneFirst(zone, leastShare, within);
    }
}
