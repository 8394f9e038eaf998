package dev.moa.dev.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RestartPolicyTests {
    private final RestartPolicy policy =
            new RestartPolicy(Duration.ofMillis(500), Duration.ofSeconds(15), 10, Duration.ofSeconds(30));

    @Test
    void theFirstRestartComesAtOnceAndThePausesDoubleUpToTheLongest() {
        assertThat(policy.pauseAfter(1)).isZero();
        assertThat(policy.pauseAfter(2)).isEqualTo(Duration.ofMillis(500));
        assertThat(policy.pauseAfter(3)).isEqualTo(Duration.ofSeconds(1));
        assertThat(policy.pauseAfter(9)).isEqualTo(Duration.ofSeconds(15));
        assertThat(policy.pauseAfter(1_000)).isEqualTo(Duration.ofSeconds(15));
    }

    @Test
    void itGivesUpAfterTheMostDeathsInARow() {
        assertThat(policy.givesUpAfter(10)).isFalse();
        assertThat(policy.givesUpAfter(11)).isTrue();
    }
}
