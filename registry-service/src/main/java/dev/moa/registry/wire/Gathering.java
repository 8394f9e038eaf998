package dev.moa.registry.wire;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * Work that costs less when more of it is done at once: what comes while some is under way is done together next, so a
 * lone one waits for nobody, and many share a write to Redis. Bounded; safe for many threads; adding never blocks.
 */
final class Gathering<T> {
    private static final CompletionStage<?> DONE = CompletableFuture.completedFuture(null);

    private final Executor workers;
    private final int maxWaiting;
    private final int maxWeight;
    private final ToIntFunction<T> weight;
    private final Function<List<T>, CompletionStage<?>> work;

    // guarded by this
    private final Deque<T> waiting = new ArrayDeque<>();
    private int idle;

    /**
     * @param runs how many groups may be under way at once
     * @param maxWaiting what may wait; more is refused
     * @param maxWeight of a group, of one at least
     * @param work does a group; must not throw
     */
    Gathering(
            Executor workers,
            int runs,
            int maxWaiting,
            int maxWeight,
            ToIntFunction<T> weight,
            Consumer<List<T>> work) {
        this(workers, runs, maxWaiting, maxWeight, weight, (Function<List<T>, CompletionStage<?>>) group -> {
            work.accept(group);
            return DONE;
        });
    }

    private Gathering(
            Executor workers,
            int runs,
            int maxWaiting,
            int maxWeight,
            ToIntFunction<T> weight,
            Function<List<T>, CompletionStage<?>> work) {
        this.workers = workers;
        this.idle = runs;
        this.maxWaiting = maxWaiting;
        this.maxWeight = maxWeight;
        this.weight = weight;
        this.work = work;
    }

    /**
     * Returns one whose work waits for nothing: it is begun by who adds, or by who ended the group before.
     *
     * @param work begins a group and returns its end; must not throw
     */
    static <T> Gathering<T> withoutWorkers(
            int runs,
            int maxWaiting,
            int maxWeight,
            ToIntFunction<T> weight,
            Function<List<T>, CompletionStage<?>> work) {
        return new Gathering<>(Runnable::run, runs, maxWaiting, maxWeight, weight, work);
    }

    /** Takes it in, or returns false if too many wait. */
    boolean add(T one) {
        synchronized (this) {
            if (waiting.size() >= maxWaiting) {
                return false;
            }
            waiting.add(one);
            if (idle == 0) {
                return true;
            }
            idle--;
        }
        try {
            workers.execute(this::run);
        } catch (RuntimeException | Error failure) {
            synchronized (this) {
                idle++;
                if (!waiting.removeLastOccurrence(one)) {
                    // another group took it
                    return true;
                }
            }
            throw failure;
        }
        return true;
    }

    private void run() {
        boolean isDone = false;
        try {
            for (List<T> group = next(); !group.isEmpty(); group = next()) {
                CompletionStage<?> end = work.apply(group);
                if (end != DONE && !end.toCompletableFuture().isDone()) {
                    isDone = true;
                    end.whenComplete((nothing, failure) -> run());
                    return;
                }
            }
            isDone = true;
        } finally {
            if (!isDone) {
                goOn();
            }
        }
    }

    /** After an error: another worker takes what waits. */
    private void goOn() {
        synchronized (this) {
            if (waiting.isEmpty()) {
                idle++;
                return;
            }
        }
        boolean isTaken = false;
        try {
            workers.execute(this::run);
            isTaken = true;
        } finally {
            if (!isTaken) {
                synchronized (this) {
                    idle++;
                }
            }
        }
    }

    private synchronized List<T> next() {
        List<T> group = new ArrayList<>();
        int heavy = 0;
        while (!waiting.isEmpty() && (group.isEmpty() || heavy + weight.applyAsInt(waiting.peek()) <= maxWeight)) {
            T one = waiting.remove();
            heavy += weight.applyAsInt(one);
            group.add(one);
        }
        if (group.isEmpty()) {
            idle++;
        }
        return group;
    }
}
