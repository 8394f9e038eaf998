package dev.moa.protocol.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DeadlineWheelTests {

    private final EventLoop loop = (EventLoop) IoThreads.group().next();

    @Test
    void deadlinesAreMetNeverEarlyAndAboutOnTime() throws Exception {
        ConcurrentLinkedQueue<Long> latenessNanos = new ConcurrentLinkedQueue<>();
        Random random = new Random(1);
        loop.submit(() -> {
                    DeadlineWheel wheel = DeadlineWheel.of(loop);
                    for (int i = 0; i < 1_000; i++) {
                        long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(random.nextInt(300));
                        wheel.set(new DeadlineWheel.Timeout(() -> latenessNanos.add(System.nanoTime() - due)), due);
                    }
                })
                .get(2, TimeUnit.SECONDS);

        await().atMost(3, TimeUnit.SECONDS).until(() -> latenessNanos.size() == 1_000);
        assertThat(latenessNanos).allSatisfy(nanos -> assertThat(nanos).isNotNegative());
    }

    @Test
    void aClearedDeadlineDoesNotFireEvenIfClearedByOneOfTheSameTick() throws Exception {
        AtomicInteger fired = new AtomicInteger();
        loop.submit(() -> {
                    DeadlineWheel wheel = DeadlineWheel.of(loop);
                    long due = System.nanoTime();
                    List<DeadlineWheel.Timeout> all = new ArrayList<>();
                    for (int i = 0; i < 100; i++) {
                        DeadlineWheel.Timeout each = new DeadlineWheel.Timeout(() -> {
                            fired.incrementAndGet();
                            all.forEach(wheel::clear);
                            // an action may also set another
                            wheel.set(new DeadlineWheel.Timeout(fired::incrementAndGet), System.nanoTime());
                        });
                        all.add(each);
                        wheel.set(each, due);
                    }
                })
                .get(2, TimeUnit.SECONDS);

        await().atMost(2, TimeUnit.SECONDS).until(() -> fired.get() == 2);
        await().during(100, TimeUnit.MILLISECONDS).until(() -> fired.get() == 2);
    }

    @Test
    void aDeadlineOfMoreThanOneTurnOfTheWheelWaitsForItsTurn() throws Exception {
        AtomicInteger fired = new AtomicInteger();
        DeadlineWheel.Timeout far = new DeadlineWheel.Timeout(fired::incrementAndGet);
        loop.submit(() -> DeadlineWheel.of(loop).set(far, System.nanoTime() + TimeUnit.MINUTES.toNanos(10)))
                .get(2, TimeUnit.SECONDS);

        await().during(200, TimeUnit.MILLISECONDS).until(() -> fired.get() == 0);

        loop.submit(() -> DeadlineWheel.of(loop).clear(far)).get(2, TimeUnit.SECONDS);
    }

    @Test
    void theWheelSleepsUntilItsFirstDeadlineAndWakesEarlierForAnEarlierOne() throws Exception {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1);
        try {
            DeadlineWheel wheel = new DeadlineWheel(executor);
            CountDownLatch near = new CountDownLatch(1);
            CountDownLatch soon = new CountDownLatch(1);
            executor.submit(() -> {
                        wheel.set(new DeadlineWheel.Timeout(() -> {}), in(TimeUnit.MINUTES.toNanos(10)));
                        wheel.set(new DeadlineWheel.Timeout(soon::countDown), in(TimeUnit.MILLISECONDS.toNanos(400)));
                        wheel.set(new DeadlineWheel.Timeout(near::countDown), in(TimeUnit.MILLISECONDS.toNanos(20)));
                    })
                    .get(2, TimeUnit.SECONDS);

            assertThat(near.await(2, TimeUnit.SECONDS)).isTrue();
            assertThat(soon.await(2, TimeUnit.SECONDS)).isTrue();
            // this one, the two turns, and what a clock that ran ahead of the executor's may add; ticks were 40
            assertThat(executor.getCompletedTaskCount()).isLessThan(10);
        } finally {
            executor.shutdownNow();
        }
    }

    private static long in(long nanos) {
        return System.nanoTime() + nanos;
    }
}
