package dev.moa.protocol.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class WaitingAnswersTests {

    private final CallDesk desk = new CallDesk(
            (request, call) -> new CompletableFuture<>(),
            OpenToAll.INSTANCE,
            PortLimits.defaults().withWaiting(64 * 1_024, 1_000_000));

    @Test
    void answerThatIsRefusedTakesNoRoomFromOneThatFits() throws Exception {
        WaitingAnswers waiting = new WaitingAnswers(desk);
        assertThat(waiting.enter(600_000)).isNull();
        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<Void> tooLong = CompletableFuture.runAsync(() -> {
            do {
                assertThat(waiting.enter(900_000)).contains("(limit 1000000)");
            } while (!stop.get());
        });

        try {
            for (int i = 0; i < 20_000; i++) {
                assertThat(waiting.enter(400_000)).isNull();
                waiting.leave(400_000);
            }
        } finally {
            stop.set(true);
        }

        tooLong.get(10, TimeUnit.SECONDS);
        waiting.leave(600_000);
        assertThat(desk.answersWait(0)).isZero();
    }
}
