package dev.moa.registry;

import dev.moa.protocol.StatusCode;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something that is looked after again and again, on a daemon thread of its own, with a pause after each round. A
 * round that fails is said and the next one is tried as usual; one that Redis cannot serve now is only worth a
 * debug line, because the store says and counts that itself.
 *
 * <p>Safe for many threads; starting and stopping twice does nothing.
 */
public final class Rounds {
    private static final Logger log = LoggerFactory.getLogger(Rounds.class);
    private static final long STOP_MS = 1_000;
    private static final long SAID_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int MOST_SAID = 1_000;

    // what was passed over, and when that was said last with its stack trace
    private static final Map<Object, Long> said = new ConcurrentHashMap<>();

    private record Run(Thread thread, CountDownLatch stopping) {}

    private final String name;
    private final Duration pause;
    private final Runnable round;
    private @Nullable Run run;

    /** @param name of the thread, such as {@code registry-prober-1}; it stands in the log, too */
    public Rounds(String name, Duration pause, Runnable round) {
        this.name = name;
        this.pause = pause;
        this.round = round;
    }

    public synchronized void start() {
        if (run == null) {
            CountDownLatch stopping = new CountDownLatch(1);
            Thread thread = new Thread(() -> go(stopping), name);
            thread.setDaemon(true);
            run = new Run(thread, stopping);
            thread.start();
        }
    }

    /** Begins no round any more; waits for one that is under way, a second at most, then interrupts it. */
    public synchronized void stop() {
        Run ending = run;
        run = null;
        if (ending == null) {
            return;
        }
        ending.stopping().countDown();
        try {
            ending.thread().join(STOP_MS);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        ending.thread().interrupt();
    }

    public synchronized boolean isRunning() {
        return run != null;
    }

    /**
     * Does the part of a round that is about one service, or the like. What goes wrong with it alone, such as data in Redis
     * that cannot be read, keeps nobody from the others. It is said at once and then once a minute for as long as it is
     * so, of at most 1,000 such in a minute; in between at debug.
     *
     * @return whether it was done
     * @throws Refusal UNAVAILABLE if Redis is away
     */
    public static boolean isDone(Object what, Runnable part) {
        try {
            part.run();
            return true;
        } catch (RuntimeException failure) {
            if (failure instanceof Refusal refusal && refusal.code() == StatusCode.UNAVAILABLE) {
                throw refusal;
            }
            if (isToBeSaid(what)) {
                log.error("{} is passed over and tried again; nobody else is held up", what, failure);
            } else {
                log.debug("{} is passed over again: {}", what, failure.toString());
            }
            return false;
        }
    }

    private static boolean isToBeSaid(Object what) {
        long now = System.nanoTime();
        Long last = said.get(what);
        if (last == null && said.size() >= MOST_SAID) {
            said.values().removeIf(each -> now - each >= SAID_AGAIN_NANOS);
        }
        boolean isDue = last == null ? said.size() < MOST_SAID : now - last >= SAID_AGAIN_NANOS;
        if (isDue) {
            said.put(what, now);
        }
        return isDue;
    }

    private void go(CountDownLatch stopping) {
        try {
            do {
                try {
                    round.run();
                } catch (Refusal away) {
                    log.debug("{}: not now: {}", name, away.getMessage());
                } catch (Throwable failure) {
                    log.error("{}: a round failed; the next one is tried as usual", name, failure);
                }
            } while (!stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException stopped) {
            // the end of this thread is all that is asked
        }
    }
}
