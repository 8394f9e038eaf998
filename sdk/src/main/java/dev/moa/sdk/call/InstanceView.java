package dev.moa.sdk.call;

import dev.moa.sdk.lookup.InstanceAddress;

/**
 * How an instance looks from one client at one moment: why it gets the calls it gets.
 *
 * @param address what the directory says
 * @param standing whether it may be called, and if not or less, why
 * @param ejectedForMs milliseconds until it is tried again; 0 unless it is ejected
 * @param inFlight calls that wait for its answer
 * @param latencyMs decayed latency, in milliseconds
 * @param success decayed share of calls that it did not fail, 0 to 1
 * @param weight its weight relative to 1, lower while it warms up
 * @param score what the balancer goes by, less is better; NaN if it compares nothing
 */
public record InstanceView(
        InstanceAddress address,
        Standing standing,
        long ejectedForMs,
        int inFlight,
        double latencyMs,
        double success,
        double weight,
        double score) {

    /** Whether an instance may be called. */
    public enum Standing {
        /** Like any other. */
        CALLABLE,
        /** With a smaller share until it has shown what it can do. */
        WARMING_UP,
        /** With one call, which decides whether it comes back from an ejection. */
        ON_TRIAL,
        /** Not for a while, after failures in a row. */
        EJECTED,
        /** Only if nothing else can be: no connection stands. */
        NOT_CONNECTED,
        /** No more: the directory calls it draining or down, or gives it no weight. */
        LEAVING
    }
}
