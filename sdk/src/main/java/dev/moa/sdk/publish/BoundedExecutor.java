package dev.moa.sdk.publish;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs work on other threads, a bounded number at once and a bounded number waiting, in the order it came.
 *
 * <p>{@code pending} counts what was taken and has not ended; {@code running} counts the threads that are at it or about
 * to be. At most one of them is {@code starting}: as its first deed, before its own work, which may block, it starts the
 * next one if there is more to do. So short work that came together is done by a few threads, and no work waits
 * for another to end while a thread may be had. A thread that finds the queue empty gives up its place and then looks once
 * more: work that was offered in between either sees the free place itself or is found by that second look.
 */
final class BoundedExecutor {

    private static final Logger log = LoggerFactory.getLogger(BoundedExecutor.class);

    private final Executor threads;
    private final int concurrency;
    private final int capacity;
    private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicBoolean starting = new AtomicBoolean();
    private final Runnable worker = this::work;

    BoundedExecutor(Executor threads, ServiceLimits limits) {
        this.threads = threads;
        this.concurrency = limits.concurrency();
        this.capacity = limits.concurrency() + limits.queue();
    }

    /**
     * Takes the work and returns true, or returns false if there is too much already. The work must not throw.
     *
     * @throws RejectedExecutionException if the threads are closed
     * @throws OutOfMemoryError if the system has no thread for it
     */
    boolean offer(Runnable work) {
        if (pending.incrementAndGet() > capacity) {
            pending.decrementAndGet();
            return false;
        }
        queue.add(work);
        try {
            startWorker();
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            if (queue.remove(work)) {
                pending.decrementAndGet();
                throw e;
            }
            // a thread that runs has taken it
        }
        return true;
    }

    /**
     * Takes a place for work that the caller runs itself, and returns true; returns false if none is free or other work
     * waits for one. Who has taken a place {@linkplain #leave leaves} it.
     */
    boolean enter() {
        if (!queue.isEmpty() || !takePlace()) {
            return false;
        }
        pending.incrementAndGet();
        return true;
    }

    /** The work of a place that was {@linkplain #enter taken} has ended. */
    void leave() {
        pending.decrementAndGet();
        running.decrementAndGet();
        if (!queue.isEmpty()) {
            startAnother();
        }
    }

    /** Returns how much was taken and has not ended. */
    int pending() {
        return pending.get();
    }

    private void startWorker() {
        // again if there was no place: one that became free meanwhile was nobody else's to take
        while (running.get() < concurrency && !starting.get() && starting.compareAndSet(false, true)) {
            if (takePlace()) {
                start();
                return;
            }
            starting.set(false);
        }
    }

    private boolean takePlace() {
        int now = running.get();
        while (now < concurrency) {
            if (running.compareAndSet(now, now + 1)) {
                return true;
            }
            now = running.get();
        }
        return false;
    }

    private void start() {
        boolean started = false;
        try {
            threads.execute(worker);
            started = true;
        } finally {
            if (!started) {
                running.decrementAndGet();
                starting.set(false);
            }
        }
    }

    private void startAnother() {
        try {
            startWorker();
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            log.debug("no further thread may be had; those that run finish what was taken", e);
        }
    }

    private void work() {
        starting.set(false);
        Runnable next = queue.poll();
        while (next != null) {
            if (!queue.isEmpty()) {
                startAnother();
            }
            try {
                next.run();
            } finally {
                pending.decrementAndGet();
            }
            next = queue.poll();
        }
        running.decrementAndGet();
        if (!queue.isEmpty()) {
            startAnother();
        }
    }
}
