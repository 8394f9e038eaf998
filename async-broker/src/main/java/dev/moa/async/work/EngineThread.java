package dev.moa.async.work;

import java.time.Duration;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that all decisions of a worker are made on, one after the other, so that they need no locks.
 * What runs on it never blocks.
 */
final class EngineThread implements Executor, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EngineThread.class);

    private record Timer(long atNanos, long number, Runnable action) {}

    private final LinkedBlockingQueue<Runnable> mailbox = new LinkedBlockingQueue<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>((a, b) -> {
        int byTime = Long.signum(a.atNanos() - b.atNanos());
        return byTime != 0 ? byTime : Long.compare(a.number(), b.number());
    });
    private final Thread thread = new Thread(this::run, "async-engine-1");
    private long timerNumber;
    private volatile boolean closed;

    EngineThread() {
        thread.setDaemon(true);
    }

    synchronized void start() {
        if (!closed && thread.getState() == Thread.State.NEW) {
            thread.start();
        }
    }

    /** Runs {@code action} soon, after all that came before it. From any thread. */
    @Override
    public void execute(Runnable action) {
        mailbox.add(action);
    }

    /** Runs {@code action} once {@code delay} has passed. Only from this thread. */
    void schedule(Duration delay, Runnable action) {
        timers.add(new Timer(System.nanoTime() + delay.toNanos(), timerNumber++, action));
    }

    private void run() {
        while (!closed) {
            try {
                Timer first = timers.peek();
                Runnable next;
                if (first == null) {
                    next = mailbox.poll(1, TimeUnit.SECONDS);
                } else {
                    long left = first.atNanos() - System.nanoTime();
                    if (left <= 0) {
                        timers.remove();
                        first.action().run();
                        // a mailbox under load must not starve, nor be starved by, the timers
                        next = mailbox.poll();
                    } else {
                        next = mailbox.poll(left, TimeUnit.NANOSECONDS);
                    }
                }
                if (next != null) {
                    next.run();
                }
            } catch (InterruptedException e) {
                return;
            } catch (Throwable e) {
                // one decision failed; its task stays unacknowledged and comes again with the next owner
                log.error("a step of the worker failed; the task it was about is tried again after a restart", e);
                if (e instanceof OutOfMemoryError) {
                    Runtime.getRuntime().halt(3);
                }
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
