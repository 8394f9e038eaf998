package dev.moa.async.table;

import dev.moa.async.task.TaskId;
import java.util.Comparator;

/** Where a dead letter stands among all: the oldest first. */
record DeadKey(long atMs, TaskId id) implements Comparable<DeadKey> {
    private static final Comparator<DeadKey> ORDER = Comparator.comparingLong(DeadKey::atMs)
            .thenComparingLong(k -> k.id().high())
            .thenComparingLong(k -> k.id().low())
            .thenComparingLong(k -> k.id().suffix());

    @Override
    public int compareTo(DeadKey other) {
        return ORDER.compare(this, other);
    }
}
