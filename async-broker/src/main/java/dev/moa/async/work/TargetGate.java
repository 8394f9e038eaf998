package dev.moa.async.work;

import java.time.Duration;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What stands before one target: a bulkhead, so that a slow target holds only its own share of the worker,
 * and a circuit breaker, so that a dead one is asked now and then instead of all the time. Tasks wait here;
 * waiting costs them no attempt.
 *
 * <p>The breaker opens after some failures in a row of the target itself (no answer, 5xx, UNAVAILABLE). When
 * its time is over one attempt goes through as a probe: if the target answers the gate is open to all, if not
 * it stays shut for twice as long. Touched on the engine's thread only; time is an argument.
 */
final class TargetGate {
    private final String name;
    private final int maxInFlight;
    private final int failuresToOpen;
    private final Duration openFor;
    private final Duration openForAtMost;
    private final ArrayDeque<LiveTask> waiting = new ArrayDeque<>();
    private int inFlight;
    private int holders;
    private int failures;
    private int openings;
    private boolean open;
    private long openUntilNanos;
    private long usedNanos;

    TargetGate(String name, WorkerProperties properties) {
        this.name = name;
        this.maxInFlight = properties.maxInFlightPerTarget();
        this.failuresToOpen = properties.breakerFailures();
        this.openFor = properties.breakerOpenFor();
        this.openForAtMost = properties.breakerOpenForAtMost();
    }

    String name() {
        return name;
    }

    /** Notes that one more task points here, wherever it waits. */
    void hold() {
        holders++;
    }

    /** Notes that a task that pointed here is gone. */
    void release() {
        holders--;
    }

    void add(LiveTask task) {
        waiting.add(task);
    }

    /** Returns the next task that may be attempted now; null if none may. */
    @Nullable
    LiveTask take(long nowNanos) {
        if (!mayStart(nowNanos)) {
            return null;
        }
        LiveTask next;
        while ((next = waiting.poll()) != null) {
            // cancelled while it waited, or its partition went to another worker
            if (next.phase == LiveTask.Phase.WAITING && next.home.mayStart()) {
                inFlight++;
                usedNanos = nowNanos;
                return next;
            }
        }
        return null;
    }

    private boolean mayStart(long nowNanos) {
        if (open) {
            return nowNanos - openUntilNanos >= 0 && inFlight == 0;
        }
        return inFlight < maxInFlight;
    }

    /** Notes the end of an attempt. Returns how long the gate is shut now; zero if it is not. */
    Duration ended(boolean targetSick, long nowNanos) {
        inFlight--;
        usedNanos = nowNanos;
        if (!targetSick) {
            failures = 0;
            openings = 0;
            open = false;
            return Duration.ZERO;
        }
        failures++;
        boolean probeFailed = open && nowNanos - openUntilNanos >= 0;
        if (probeFailed || (!open && failures >= failuresToOpen)) {
            open = true;
            Duration wait = openFor.multipliedBy(1L << Math.min(openings, 10));
            wait = wait.compareTo(openForAtMost) > 0 ? openForAtMost : wait;
            openings++;
            openUntilNanos = nowNanos + wait.toNanos();
        }
        return open ? Duration.ofNanos(Math.max(1, openUntilNanos - nowNanos)) : Duration.ZERO;
    }

    /** Returns whether its tasks wait because of the target and not because the worker is busy. */
    boolean isHoldingBack() {
        return open || inFlight >= maxInFlight;
    }

    boolean isOpen() {
        return open;
    }

    boolean hasWaiting() {
        return !waiting.isEmpty();
    }

    int inFlight() {
        return inFlight;
    }

    /** Returns whether nothing is lost by forgetting it. */
    boolean isIdle(long nowNanos, Duration quiet) {
        return waiting.isEmpty() && inFlight == 0 && (failures == 0 || nowNanos - usedNanos > quiet.toNanos());
    }
}
