package dev.moa.sdk.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BoundedExecutorTests {

    private final Workers workers = Workers.named("test-worker");

    @AfterEach
    void stop() {
        workers.close();
    }

    @Test
    void takesAsMuchAsRunsAndWaitsAndNoMore() {
        BoundedExecutor executor = new BoundedExecutor(workers, new ServiceLimits(2, 3));
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger running = new AtomicInteger();
        Runnable work = () -> {
            running.incrementAndGet();
            waitFor(go);
        };

        for (int i = 0; i < 5; i++) {
            assertThat(executor.offer(work)).isTrue();
        }
        boolean sixth = executor.offer(work);

        assertThat(sixth).isFalse();
        await().until(() -> running.get() == 2);
        go.countDown();
        await().until(() -> executor.pending() == 0);
        assertThat(running.get()).isEqualTo(5);
        assertThat(executor.offer(work)).isTrue();
    }

    @Test
    void placesThatCallersTakeCountLikeThreads() {
        BoundedExecutor executor = new BoundedExecutor(workers, new ServiceLimits(2, 1));
        AtomicInteger done = new AtomicInteger();

        assertThat(executor.enter()).isTrue();
        assertThat(executor.enter()).isTrue();
        assertThat(executor.enter()).isFalse();
        assertThat(executor.offer(done::incrementAndGet)).isTrue();
        assertThat(executor.offer(done::incrementAndGet)).isFalse();
        assertThat(executor.pending()).isEqualTo(3);
        assertThat(done).hasValue(0);

        executor.leave();

        await().until(() -> executor.pending() == 1);
        assertThat(done).hasValue(1);
        assertThat(executor.enter()).isTrue();
    }

    @Test
    void nobodyTakesAPlaceBeforeWorkThatWaits() {
        BoundedExecutor executor = new BoundedExecutor(workers, new ServiceLimits(1, 1));
        CountDownLatch go = new CountDownLatch(1);
        executor.offer(() -> waitFor(go));
        executor.offer(() -> {});

        assertThat(executor.enter()).isFalse();

        go.countDown();
        await().until(() -> executor.pending() == 0);
        await().until(executor::enter);
    }

    @Test
    void workThatWaitsHoldsNobodyUp() {
        BoundedExecutor executor = new BoundedExecutor(workers, new ServiceLimits(3, 10));
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger done = new AtomicInteger();

        executor.offer(() -> waitFor(go));
        executor.offer(() -> waitFor(go));
        for (int i = 0; i < 5; i++) {
            executor.offer(done::incrementAndGet);
        }

        await().until(() -> done.get() == 5);
        await().until(() -> executor.pending() == 2);
        go.countDown();
        await().until(() -> executor.pending() == 0);
    }

    @Test
    void goesOnWhenAThreadMayBeHadAgain() {
        AtomicBoolean exhausted = new AtomicBoolean(true);
        Executor threads = work -> {
            if (exhausted.get()) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            workers.execute(work);
        };
        BoundedExecutor executor = new BoundedExecutor(threads, new ServiceLimits(1, 3));
        AtomicInteger done = new AtomicInteger();

        assertThatThrownBy(() -> executor.offer(done::incrementAndGet)).isInstanceOf(OutOfMemoryError.class);
        int pending = executor.pending();
        exhausted.set(false);
        executor.offer(done::incrementAndGet);

        assertThat(pending).isZero();
        await().until(() -> executor.pending() == 0);
        assertThat(done).hasValue(1);
    }

    @Test
    void oneThreadDoesAllWhereNoOtherMayBeHad() {
        List<Runnable> started = new ArrayList<>();
        Executor threads = work -> {
            if (!started.isEmpty()) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            started.add(work);
        };
        BoundedExecutor executor = new BoundedExecutor(threads, new ServiceLimits(3, 10));
        AtomicInteger done = new AtomicInteger();
        executor.offer(done::incrementAndGet);
        executor.offer(done::incrementAndGet);

        started.get(0).run();

        assertThat(done).hasValue(2);
        assertThat(executor.pending()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void losesNothingWhenManyOfferAtOnce(int concurrency) throws InterruptedException {
        BoundedExecutor executor = new BoundedExecutor(workers, new ServiceLimits(concurrency, 1_000_000));
        AtomicInteger done = new AtomicInteger();
        Thread[] callers = new Thread[4];
        for (int i = 0; i < callers.length; i++) {
            callers[i] = new Thread(() -> {
                for (int j = 0; j < 20_000; j++) {
                    executor.offer(done::incrementAndGet);
                }
            });
            callers[i].start();
        }
        for (Thread caller : callers) {
            caller.join();
        }

        await().until(() -> done.get() == 80_000);
        await().until(() -> executor.pending() == 0);
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
