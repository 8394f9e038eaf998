package dev.moa.async.deliver;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How an attempt ended.
 *
 * @param verdict what follows from it
 * @param error what went wrong, for people; null if nothing did
 * @param result what the target answered, as JSON; null if it answered nothing or failed
 * @param retryAfter what the target asked for; null where it asked for nothing
 * @param isTargetSick whether the target itself seems down: it did not answer, or said it cannot
 */
public record Outcome(
        Verdict verdict,
        @Nullable String error,
        @Nullable String result,
        @Nullable Duration retryAfter,
        boolean isTargetSick) {

    /** What follows from an attempt. */
    public enum Verdict {
        DONE,
        /** May work later. */
        RETRY,
        /** Will never work as it is. */
        GIVE_UP
    }

    public static Outcome done(@Nullable String result) {
        return new Outcome(Verdict.DONE, null, result, null, false);
    }

    public static Outcome retry(String error, @Nullable Duration retryAfter, boolean targetSick) {
        return new Outcome(Verdict.RETRY, error, null, retryAfter, targetSick);
    }

    public static Outcome giveUp(String error) {
        return new Outcome(Verdict.GIVE_UP, error, null, null, false);
    }
}
