package dev.moa.sdk.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class LoopTimeTests {

    @Test
    void onlyEventLoopsHaveSome() throws Exception {
        assertThat(LoopTime.here()).isNull();
        assertThat(onLoop(LoopTime::here)).isNotNull();
    }

    @Test
    void shortCallsMayTakeAllOfIt() throws Exception {
        assertThat(onLoop(() -> allowed(8_000))).isEqualTo(10_000);
    }

    @Test
    void longerCallsMayTakeHalfOfIt() throws Exception {
        // 80 µs each, of which 10 do not count: 70 of the 140 that pass
        assertThat(onLoop(() -> allowed(80_000))).isBetween(5_000, 6_500);
    }

    /** Returns how many of 10,000 calls are allowed that come one after the other, or at once where the last was not. */
    private static int allowed(long nanos) {
        LoopTime time = LoopTime.here();
        long now = System.nanoTime();
        int allowed = 0;
        for (int i = 0; i < 10_000; i++) {
            now += nanos;
            if (time != null && time.allows(now)) {
                time.taken(nanos);
                allowed++;
            }
        }
        return allowed;
    }

    private static <T> T onLoop(Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(work);
        new FastThreadLocalThread(task, "test-loop-1").start();
        return task.get();
    }
}
