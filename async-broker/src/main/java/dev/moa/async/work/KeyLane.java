package dev.moa.async.work;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** The tasks of one key, in order. Only the first is ever attempted; the next waits until it has ended for good. */
final class KeyLane {
    private final ArrayDeque<LiveTask> tasks = new ArrayDeque<>();

    /** Adds at the end and returns whether it is the first. */
    boolean add(LiveTask task) {
        tasks.add(task);
        return tasks.size() == 1;
    }

    /** Removes a task that has ended and returns the new first if that changed; null otherwise. */
    @Nullable
    LiveTask remove(LiveTask task) {
        boolean wasFirst = tasks.peek() == task;
        if (wasFirst) {
            tasks.poll();
            return tasks.peek();
        }
        tasks.remove(task);
        return null;
    }

    @Nullable
    LiveTask first() {
        return tasks.peek();
    }

    boolean isEmpty() {
        return tasks.isEmpty();
    }
}
