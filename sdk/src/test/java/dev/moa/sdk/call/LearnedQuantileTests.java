package dev.moa.sdk.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class LearnedQuantileTests {

    private final Random random = new Random(1);

    @Test
    void comesToRestWhereTheRightShareLiesAbove() {
        LearnedQuantile quantile = new LearnedQuantile(0.95);

        for (int i = 0; i < 5_000; i++) {
            quantile.add(1_000_000L + random.nextInt(9_000_000));
        }

        assertThat(quantile.nanos()).isBetween(8_500_000L, 10_500_000L);
    }

    @Test
    void followsWhenEverythingBecomesSlower() {
        LearnedQuantile quantile = new LearnedQuantile(0.95);
        for (int i = 0; i < 1_000; i++) {
            quantile.add(1_000_000);
        }

        for (int i = 0; i < 200; i++) {
            quantile.add(20_000_000);
        }

        assertThat(quantile.nanos()).isBetween(18_000_000L, 22_000_000L);
    }

    @Test
    void saysNothingAfterAFewSamples() {
        LearnedQuantile quantile = new LearnedQuantile(0.95);
        for (int i = 0; i < 49; i++) {
            quantile.add(1_000_000);
        }

        assertThat(quantile.nanos()).isEqualTo(Long.MAX_VALUE);
    }
}
