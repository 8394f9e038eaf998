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

    /** Returns its weight, above 0, lower while it warms up. */
    double weight();
}
