package dev.moa.compatibility.rolling;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** What has become of the calls of one kind of caller. Safe for many threads. */
final class Tally {

    private static final int KEPT = 20;

    private final AtomicLong good = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private volatile long lastFailureAt;

    void good(long count) {
        good.addAndGet(count);
    }

    void failed(String what) {
        lastFailureAt = System.nanoTime();
        if (failed.incrementAndGet() <= KEPT) {
            failures.add(what);
        }
    }

    long good() {
        return good.get();
    }

    long failed() {
        return failed.get();
    }

    /** Returns when the last call failed, by the clock of {@link System#nanoTime}. */
    long lastFailureAt() {
        return lastFailureAt;
    }

    /** Returns what the first failures were. */
    List<String> failures() {
        return List.copyOf(failures);
    }
}
