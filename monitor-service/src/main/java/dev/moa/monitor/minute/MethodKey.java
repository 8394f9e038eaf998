package dev.moa.monitor.minute;

import dev.moa.sdk.stats.CallSide;
import dev.moa.sdk.stats.Statistics;

/** One method, as one side has counted it. */
public record MethodKey(String service, String method, CallSide side) implements Comparable<MethodKey> {

    /** Returns the key under which methods past a limit are counted together. */
    public static MethodKey other(CallSide side) {
        return new MethodKey(Statistics.OTHER, Statistics.OTHER, side);
    }

    @Override
    public int compareTo(MethodKey that) {
        int order = service.compareTo(that.service);
        if (order == 0) {
            order = method.compareTo(that.method);
        }
        return order == 0 ? side.compareTo(that.side) : order;
    }
}
