package dev.moa.async.accept;

import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.moa.async.task.TaskId;
import dev.moa.async.task.TaskState;
import dev.moa.async.task.TaskStatus;
import org.jspecify.annotations.Nullable;

/**
 * What people are told of a task.
 *
 * @param taskId its name
 * @param state where it stands
 * @param attempts attempts begun
 * @param key its key
 * @param target the service, or scheme, host and port
 * @param createdAtMs when it was accepted
 * @param updatedAtMs when it got where it stands
 * @param nextAttemptAtMs when it is tried next; null where nothing is set
 * @param replays how often it was replayed after it had died
 * @param lastError what the last failed attempt said
 * @param result what the target answered
 */
public record TaskReport(
        TaskId taskId,
        TaskState state,
        int attempts,
        @Nullable String key,
        String target,
        long createdAtMs,
        long updatedAtMs,
        @Nullable Long nextAttemptAtMs,
        int replays,
        @Nullable String lastError,
        @JsonRawValue @Nullable String result) {

    static TaskReport of(TaskStatus status, @Nullable String key) {
        return new TaskReport(
                status.id(),
                status.state(),
                status.attempts(),
                key,
                status.target(),
                status.createdAtMs(),
                status.updatedAtMs(),
                status.nextAttemptAtMs() == 0 ? null : status.nextAttemptAtMs(),
                status.life() - 1,
                status.lastError(),
                status.result());
    }
}
