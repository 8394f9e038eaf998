package dev.moa.sdk.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.protocol.ServiceName;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class GuardTests {

    private final Guard guard = new Guard(
            "/service/any", MethodSettings.of(ServiceName.of("/service/any")).withBreaker(50, Duration.ofMinutes(1)));

    @Test
    void callsWithoutAnAnswerDoNotHideThatTheOthersFail() {
        for (int i = 0; i < 50; i++) {
            end(Outcome.SENT);
            end(Outcome.SENT);
            end(Outcome.FAILURE);
        }

        assertThat(guard.breakerState()).isEqualTo("OPEN");
        assertThat(guard.enter()).isNotNull();
    }

    @Test
    void callsThatWereGivenUpSayNothing() {
        for (int i = 0; i < 100; i++) {
            end(Outcome.ABANDONED);
            end(Outcome.UNKNOWN);
            end(Outcome.SENT);
        }

        assertThat(guard.breakerState()).isEqualTo("CLOSED");
        assertThat(guard.inFlight()).isZero();
    }

    private void end(Outcome outcome) {
        assertThat(guard.enter()).isNull();
        guard.leave(outcome, 1_000_000);
    }
}
