package dev.moa.registry.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RedisTimeTests {
    private static final long SECOND = 1_000_000_000L;

    private final RedisTime time = new RedisTime(Duration.ofSeconds(3));

    @Test
    void timeThatGoesOnAsOursDoesIsNoStep() {
        assertThat(time.isStep(5_000, 0)).isFalse();

        assertThat(time.isStep(6_000, SECOND)).isFalse();
        assertThat(time.isStep(68_500, 62 * SECOND)).isFalse();
    }

    @Test
    void whoSleepsBetweenTwoLooksOrInOneIsNoticed() {
        assertThat(time.isGap(0, 2 * SECOND, 4 * SECOND, 6 * SECOND)).isFalse();

        assertThat(time.isGap(0, 4 * SECOND, 4 * SECOND, 4 * SECOND)).isTrue();
        assertThat(time.isGap(0, SECOND, 5 * SECOND, 5 * SECOND)).isTrue();
        assertThat(time.isGap(0, SECOND, SECOND, 5 * SECOND)).isTrue();
    }

    @Test
    void anHourForthOrBackIsAStepOnce() {
        time.isStep(10_000_000, 0);

        assertThat(time.isStep(10_000_000 + 3_600_000, SECOND)).isTrue();
        assertThat(time.isStep(10_001_000 + 3_600_000, 2 * SECOND)).isFalse();
        assertThat(time.isStep(10_002_000, 3 * SECOND)).isTrue();
    }
}
