package dev.moa.sdk.balance;

import dev.moa.protocol.CallRequest;
import java.util.List;

/** Chooses the instance that gets the next call. Safe for many threads; must not block. */
@FunctionalInterface
public interface Balancer {

    /**
     * Returns the index of the chosen candidate.
     *
     * @param candidates at least one; the list never changes, and is the same list until something changes
     */
    int choose(List<? extends Candidate> candidates, CallRequest request);

    /** Returns the better of two random candidates: less (in flight + 1) × latency ÷ success² ÷ weight. */
    static Balancer powerOfTwoChoices() {
        return new PowerOfTwoChoices();
    }
}
