package dev.moa.router.address;

/**
 * The weight of a young instance: a process that has just started is slow until its code is compiled and its caches
 * fill. It grows from a tenth to the whole within the seconds of the metadata {@code warmUpSeconds}, as in the
 * registry's own answers.
 *
 * <p>An instance's age is counted from its incarnation, which is the time of its registration in milliseconds, by
 * Redis's clock. Weights by age are made when somebody asks: they are no change, nobody is woken for them.
 */
public final class WarmUp {
    private static final String SECONDS = "warmUpSeconds";
    private static final int LONGEST_SECONDS = 3_600;
    private static final double FIRST_SHARE = 0.1;
    /** What a router's clock may be behind Redis's; a registration of later than that says nothing of an age. */
    private static final long SKEW_MS = 60_000;

    private WarmUp() {}

    /** Returns when it has its whole weight, in milliseconds; 0 where it asks for no warm-up. */
    static long untilMs(Instance instance) {
        long seconds = seconds(instance);
        return seconds == 0 ? 0 : instance.incarnation() + 1_000 * seconds;
    }

    /** Returns whether it has not got its whole weight yet. */
    static boolean isYoung(Instance instance, long nowMs) {
        return nowMs < untilMs(instance) && instance.incarnation() - nowMs <= SKEW_MS && instance.weight() > 0;
    }

    /** Returns the weight at a moment, 0 to 1,000. */
    public static int weight(Instance instance, long nowMs) {
        if (!isYoung(instance, nowMs)) {
            return instance.weight();
        }
        double age = Math.max(0, nowMs - instance.incarnation());
        double share = FIRST_SHARE + (1 - FIRST_SHARE) * age / (1_000 * seconds(instance));
        return (int) Math.max(1, Math.round(instance.weight() * share));
    }

    private static long seconds(Instance instance) {
        String asked = instance.metadata().get(SECONDS);
        return asked == null || !asked.matches("[0-9]{1,4}") ? 0 : Math.min(LONGEST_SECONDS, Long.parseLong(asked));
    }
}
