package dev.moa.async.table;

import dev.moa.async.task.TaskStatus;

/**
 * What the table knows of a task.
 *
 * @param status how far it got, without result, error and, once over, key: those stay in Kafka
 * @param partition its partition
 * @param stateOffset where its status stands in the topic of states; {@link #HEARSAY} while it is only known
 *     from the topic of tasks
 * @param carriesTask whether that entry carries the task itself
 */
public record TaskEntry(TaskStatus status, int partition, long stateOffset, boolean carriesTask) {
    /** No status was written yet: the task was seen in the topic of tasks. */
    public static final long HEARSAY = -1;

    public boolean isHearsay() {
        return stateOffset == HEARSAY;
    }
}
