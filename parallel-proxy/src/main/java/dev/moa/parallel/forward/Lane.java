package dev.moa.parallel.forward;

import dev.moa.protocol.CallResponse;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The calls to one service: so many run, so many wait for one of those to end, in the order they came.
 *
 * <p>Safe for many threads. A call that is over while it waits (deadline, cancellation) is passed over when its
 * turn comes; until then it counts as waiting.
 */
final class Lane {
    private final int maxRunning;
    private final int maxWaiting;
    private final Queue<Turn> waiting = new ArrayDeque<>();
    private int running;

    /** Calls that run or wait; the owner removes the lane at 0. */
    int users;

    /** Something to start when its turn has come; {@link #result} may end before that. */
    static final class Turn {
        final CompletableFuture<CallResponse> result = new CompletableFuture<>();
        final Runnable start;

        Turn(Runnable start) {
            this.start = start;
        }
    }

    Lane(int maxRunning, int maxWaiting) {
        this.maxRunning = maxRunning;
        this.maxWaiting = maxWaiting;
    }

    /** What became of a turn. */
    enum Entry {
        RUN_NOW,
        WAITS,
        REFUSED
    }

    synchronized Entry enter(Turn turn) {
        if (running < maxRunning) {
            running++;
            return Entry.RUN_NOW;
        }
        if (waiting.size() >= maxWaiting) {
            return Entry.REFUSED;
        }
        waiting.add(turn);
        return Entry.WAITS;
    }

    /** A running call has ended; returns whose turn it is, or null. */
    synchronized @Nullable Turn leave() {
        Turn next = waiting.poll();
        while (next != null && next.result.isDone()) {
            next = waiting.poll();
        }
        if (next == null) {
            running--;
        }
        return next;
    }

    synchronized int running() {
        return running;
    }

    synchronized int waiting() {
        return waiting.size();
    }
}
