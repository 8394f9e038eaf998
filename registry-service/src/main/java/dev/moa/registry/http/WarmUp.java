package dev.moa.registry.http;

import dev.moa.registry.catalog.Instance;
import org.jspecify.annotations.Nullable;

/** The weight of a young instance: a process that has just started is slow until its code is compiled and its caches fill. */
final class WarmUp {
    private static final String SECONDS = "warmUpSeconds";
    private static final int LONGEST_SECONDS = 3_600;

    private WarmUp() {}

    /** Returns the weight at a moment; null where the instance asks for no warm-up. */
    static @Nullable Integer weight(Instance instance, long nowMs) {
        String asked = instance.metadata().get(SECONDS);
        if (asked == null || !asked.matches("[0-9]{1,4}")) {
            return null;
        }
        long warmMs = 1_000L * Math.min(LONGEST_SECONDS, Integer.parseInt(asked));
        long ageMs = Math.max(0, nowMs - instance.registeredAtMs());
        if (ageMs >= warmMs || instance.weight() == 0) {
            return instance.weight();
        }
        // from a tenth on: nobody warms up without calls
        double share = 0.1 + 0.9 * ageMs / warmMs;
        return (int) Math.max(1, Math.round(instance.weight() * share));
    }
}
