package dev.moa.dev.process;

import java.time.Duration;

/**
 * When a dead child is started again: the first time at once, then after a pause that doubles up to a longest
 * one, and no more after so many deaths in a row. A child that was healthy for {@code forgiveAfter} begins anew.
 */
public record RestartPolicy(Duration firstPause, Duration longestPause, int mostDeaths, Duration forgiveAfter) {
    public static RestartPolicy standard() {
        return new RestartPolicy(Duration.ofMillis(500), Duration.ofSeconds(15), 10, Duration.ofSeconds(30));
    }

    /** The pause before the next start, after {@code deaths} deaths in a row (1 or more). */
    Duration pauseAfter(int deaths) {
        if (deaths <= 1) {
            return Duration.ZERO;
        }
        long millis = firstPause.toMillis() << Math.min(deaths - 2, 20);
        return Duration.ofMillis(Math.min(millis, longestPause.toMillis()));
    }

    boolean givesUpAfter(int deaths) {
        return deaths > mostDeaths;
    }
}
