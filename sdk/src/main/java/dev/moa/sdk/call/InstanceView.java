package dev.moa.sdk.call;

import dev.moa.sdk.lookup.InstanceAddress;

/**
 * How an instance looks from one client at one moment: why it gets the calls it gets.
 *
 * @param address what the directory says
 * @param connected whether its connection stands
 * @param ejected whether it gets no calls for a while, after failures in a row
 * @param inFlight calls that wait for its answer
 * @param latencyMs decayed latency, in milliseconds
 * @param success decayed share of calls that it did not fail, 0 to 1
 * @param weight its weight relative to 1, lower while it warms up
 */
public record InstanceView(
        InstanceAddress address,
        boolean connected,
        boolean ejected,
        int inFlight,
        double latencyMs,
        double success,
        double weight) {}
