package dev.moa.registry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class RoundsTests {

    @Test
    void whatFailsAgainAndAgainIsSaidOnceAndNobodyElseIsKeptQuietByIt(CapturedOutput output) {
        for (int i = 0; i < 10; i++) {
            assertThat(Rounds.isDone("/service/rounds/1", RoundsTests::fail)).isFalse();
        }
        assertThat(Rounds.isDone("/service/rounds/2", RoundsTests::fail)).isFalse();
        assertThat(Rounds.isDone("/service/rounds/3", () -> {})).isTrue();

        assertThat(output.getAll())
                .containsOnlyOnce("/service/rounds/1 is passed over and tried again")
                .containsOnlyOnce("/service/rounds/2 is passed over and tried again")
                .doesNotContain("/service/rounds/3");
        assertThat(output.getAll().split("IllegalStateException: cannot be read", -1))
                .hasSize(3);
    }

    private static void fail() {
        throw new IllegalStateException("cannot be read");
    }
}
