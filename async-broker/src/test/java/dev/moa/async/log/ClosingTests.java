package dev.moa.async.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClosingTests {

    private final Closing closing = new Closing();

    @Test
    void pauseEndsWhenItIsClosed() throws Exception {
        CompletableFuture<Boolean> paused = CompletableFuture.supplyAsync(this::pauseForAnHour);

        closing.close();

        assertThat(paused.get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(closing.isClosed()).isTrue();
    }

    @Test
    void pauseEndsByItself() throws InterruptedException {
        assertThat(closing.pause(1)).isFalse();
        assertThat(closing.isClosed()).isFalse();
    }

    private boolean pauseForAnHour() {
        try {
            return closing.pause(3_600_000);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
