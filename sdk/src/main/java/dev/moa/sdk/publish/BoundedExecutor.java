package dev.moa.sdk.publish;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs work on other threads, a bounded number at once and a bounded number waiting, in the order it came.
 *
 * <p>{@code pending} counts what was taken and has not ended; {@code running} counts the threads that are at it. A
 * thread that finds the queue empty gives up its place and then looks once more: work that was offered in between
 * either sees the free place itself or is found by that second look.
 */
final class BoundedExecutor {

    private final Executor threads;
    private final int concurrency;
    private final int capacity;
    private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();

    BoundedExecutor(Executor threads, ServiceLimits limits) {
        this.threads = threads;
        this.concurrency = limits.concurrency();
        this.capacity = limits.concurrency() + limits.queue();
    }

    /** Takes the work and returns true, or returns false if there is too much already. The work must not throw. */
    boolean offer(Runnable work) {
        if (pending.incrementAndGet() > capacity) {
            pending.decrementAndGet();
            return false;
        }
        queue.add(work);
        startWorker();
        return true;
    }

    /** Returns how much was taken and has not ended. */
    int pending() {
        return pending.get();
    }

    private void startWorker() {
        int now = running.get();
        while (now < concurrency) {
            if (running.compareAndSet(now, now + 1)) {
                threads.execute(this::work);
                return;
            }
            now = running.get();
        }
    }

    private void work() {
        Runnable next = queue.poll();
        while (next != null) {
            try {
                next.run();
            } finally {
                pending.decrementAndGet();
            }
            next = queue.poll();
        }
        running.decrementAndGet();
        if (!queue.isEmpty()) {
            startWorker();
        }
    }
}
