package dev.moa.async.task;

import org.jspecify.annotations.Nullable;

/**
 * How far a task got.
 *
 * @param id the task
 * @param life which life of it (see {@link Task#life()})
 * @param state where it stands
 * @param attempts attempts begun
 * @param sequence its offset in the topic of tasks: the order within its key
 * @param key its key, or null
 * @param target the target's name
 * @param createdAtMs when it was accepted
 * @param updatedAtMs when it got here
 * @param nextAttemptAtMs when it is tried next; 0 where nothing is set
 * @param lastError what the last failed attempt said; null where none failed
 * @param result what the target answered, as JSON; null before it succeeded
 */
public record TaskStatus(
        TaskId id,
        int life,
        TaskState state,
        int attempts,
        long sequence,
        @Nullable String key,
        String target,
        long createdAtMs,
        long updatedAtMs,
        long nextAttemptAtMs,
        @Nullable String lastError,
        @Nullable String result) {

    /** Returns the status of a task that has just been accepted. */
    public static TaskStatus accepted(Task task, long sequence) {
        TaskState state = task.notBeforeMs() > task.createdAtMs() ? TaskState.DELAYED : TaskState.QUEUED;
        return new TaskStatus(
                task.id(),
                task.life(),
                state,
                0,
                sequence,
                task.key(),
                task.target().name(),
                task.createdAtMs(),
                task.createdAtMs(),
                state == TaskState.DELAYED ? task.notBeforeMs() : 0,
                null,
                null);
    }
}
