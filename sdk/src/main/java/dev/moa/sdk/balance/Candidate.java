package dev.moa.sdk.balance;

import dev.moa.sdk.lookup.InstanceAddress;

/** An instance that could get the next call, as its client has known it so far. */
public interface Candidate {

    /** Returns where it is. */
    InstanceAddress address();

    /** Returns the calls that wait for its answer. */
    int inFlight();

    /** Returns its decayed latency, in nanoseconds; that of a new instance is its peers'. */
    double latencyNanos();

    /** Returns the decayed share of calls that it did not fail, above 0 to 1. */
    double success();

    /** Returns its weight relative to 1, above 0, lower while it has yet to show what it can do. */
    double weight();

    /**
     * Returns whether so long nothing was heard of it that what is known of it may have become wrong: it should get
     * one call, so that an instance that has become well again is noticed.
     */
    default boolean isDue() {
        return false;
    }
}
