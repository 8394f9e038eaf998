package dev.moa.protocol.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.SelectStrategy;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LookoutTests {

    private final Lookout lookout = new Lookout(50_000);
    private final AtomicInteger asked = new AtomicInteger();

    @Test
    void theLoopsOwnThreadSleepsAtOnce() throws Exception {
        assertThat(strategy(0, false)).isEqualTo(SelectStrategy.SELECT);
        assertThat(asked).hasValue(0);
        assertThat(strategy(3, true)).isEqualTo(3);
    }

    @Test
    void aWaitingCallerTakesWhatComesAndLooksLessAndLessOftenInVain() throws Exception {
        lookout.begin();
        assertThat(strategy(2, false)).isEqualTo(2);

        int looked = 0;
        for (int i = 0; i < 2 * Lookout.FEWEST; i++) {
            asked.set(0);
            assertThat(strategy(0, false)).isEqualTo(SelectStrategy.SELECT);
            looked += asked.get() > 0 ? 1 : 0;
        }
        assertThat(looked).isEqualTo(11);

        lookout.end();
        asked.set(0);
        assertThat(strategy(1, false)).isEqualTo(SelectStrategy.SELECT);
        assertThat(asked).hasValue(0);
    }

    private int strategy(int events, boolean hasTasks) throws Exception {
        return lookout.calculateStrategy(
                () -> {
                    asked.incrementAndGet();
                    return events;
                },
                hasTasks);
    }
}
