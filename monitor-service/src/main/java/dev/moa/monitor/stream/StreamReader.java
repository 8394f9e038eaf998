package dev.moa.monitor.stream;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries reports from the stream to the store, from the one thread {@code monitor-reader-1}: read, write to
 * disk, then remove from Redis. A crash between the last two delivers them again, and the store knows them.
 *
 * <p>At the start it first takes what it was given before and did not finish. Only the reader that holds the
 * lease reads: two monitors with a store each would otherwise get half of the truth each. The lease is held by
 * the store's own mark, so the monitor that comes back to its directory goes on at once.
 */
public final class StreamReader implements AutoCloseable {

    /** What is done with reports, and in between. Called by the reader's thread only. */
    public interface Work {
        /** Stores reports; they are removed from Redis once this returns. */
        void store(List<ReceivedReport> reports);

        /** Called about once a second, whether or not there are reports. */
        void idle();
    }

    private static final Logger log = LoggerFactory.getLogger(StreamReader.class);
    private static final long LEASE_EVERY_MS = 3_000;
    private static final long MEASURE_EVERY_MS = 500;
    private static final long CLAIM_EVERY_MS = 10_000;
    private static final long IDLE_EVERY_MS = 1_000;
    private static final long RETRY_MS = 500;

    private final ReportStream stream;
    private final String id;
    private final Work work;
    private final Clock clock;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();
    private @Nullable Thread thread;
    private boolean closing;

    private volatile @Nullable String problem = "not started";
    private volatile @Nullable String leaseHolder;

    // of the reader's thread alone
    private boolean connected;
    private boolean pendingFirst = true;
    private long leaseAtMs;
    private long measuredAtMs;
    private long claimedAtMs;
    private long idleAtMs;

    /** @param id the mark of the store: the name of this reader in the group, and of its lease */
    public StreamReader(ReportStream stream, String id, Work work, Clock clock) {
        this.stream = stream;
        this.id = id;
        this.work = work;
        this.clock = clock;
    }

    /** Starts reading; does nothing if that was done before. */
    public void start() {
        lock.lock();
        try {
            if (thread == null && !closing) {
                Thread reader = new Thread(this::run, "monitor-reader-1");
                reader.setDaemon(true);
                reader.start();
                thread = reader;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns what keeps reports from being counted; null if nothing does. */
    public @Nullable String problem() {
        return problem;
    }

    private void run() {
        while (!isClosing()) {
            try {
                idleNow();
                if (step()) {
                    problem(null);
                } else {
                    pause(RETRY_MS);
                }
            } catch (Throwable e) { // the thread's outermost loop: what was not acknowledged comes again
                if (!isClosing()) {
                    problem(e.getMessage() == null ? e.toString() : e.getMessage());
                    if (!(e instanceof StreamException)) {
                        log.error("Reports could not be counted; they stay in Redis and are read again", e);
                    }
                    connected = false;
                    pendingFirst = true;
                    pause(RETRY_MS);
                }
            }
        }
        try {
            if (connected && leaseHolder == null) {
                stream.leaveLease(id);
            }
        } catch (RuntimeException e) {
            log.debug("The lease was not given back; it ends by itself", e);
        }
    }

    /** Reads and stores one batch; returns false if another monitor is the one that reads. */
    private boolean step() {
        long now = clock.millis();
        if (!connected) {
            stream.connect();
            connected = true;
            leaseAtMs = 0;
        }
        if (isDue(measuredAtMs, now, MEASURE_EVERY_MS)) {
            stream.measure();
            measuredAtMs = now;
        }
        if (leaseHolder != null || isDue(leaseAtMs, now, LEASE_EVERY_MS)) {
            leaseHolder = stream.holdLease(id);
            leaseAtMs = now;
            if (leaseHolder != null) {
                problem(
                        ("another monitor, whose store is %s, counts the reports; this one only takes them (expected: one"
                                        + " monitor with a store; see docs/operations.md)")
                                .formatted(leaseHolder));
                return false;
            }
        }
        List<ReceivedReport> reports;
        if (pendingFirst) {
            reports = stream.readPending(id);
            pendingFirst = !reports.isEmpty();
        } else if (isDue(claimedAtMs, now, CLAIM_EVERY_MS)) {
            reports = stream.claimAbandoned(id);
            if (reports.isEmpty()) {
                claimedAtMs = now;
            }
        } else {
            reports = stream.readNew(id);
        }
        if (!reports.isEmpty()) {
            work.store(reports);
            stream.acknowledge(reports);
        }
        return true;
    }

    private void idleNow() {
        long now = clock.millis();
        if (isDue(idleAtMs, now, IDLE_EVERY_MS)) {
            idleAtMs = now;
            work.idle();
        }
    }

    /** A clock that was set back counts as due. */
    private static boolean isDue(long lastMs, long nowMs, long everyMs) {
        return nowMs - lastMs >= everyMs || nowMs < lastMs;
    }

    private void problem(@Nullable String now) {
        String before = problem;
        problem = now;
        if (now == null && before != null) {
            log.info("Reports are counted");
        } else if (now != null && !now.equals(before)) {
            log.warn("Reports are not counted: {}", now);
        }
    }

    private boolean isClosing() {
        lock.lock();
        try {
            return closing;
        } finally {
            lock.unlock();
        }
    }

    private void pause(long millis) {
        lock.lock();
        try {
            if (!closing) {
                boolean signalled = woken.await(millis, TimeUnit.MILLISECONDS);
                log.trace("woken: {}", signalled);
            }
        } catch (InterruptedException e) {
            closing = true;
        } finally {
            lock.unlock();
        }
    }

    /** Finishes the batch at hand, for 5 seconds at most, and stops. */
    @Override
    public void close() {
        Thread reader;
        lock.lock();
        try {
            closing = true;
            woken.signalAll();
            reader = thread;
        } finally {
            lock.unlock();
        }
        if (reader != null) {
            try {
                reader.join(5_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
