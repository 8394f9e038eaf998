package dev.moa.async.accept;

import dev.moa.async.task.TaskId;

/**
 * The answer to a submission.
 *
 * @param taskId the task's name, to ask about it later
 * @param promise what the acknowledgement is worth, from the real settings
 */
public record Accepted(TaskId taskId, String promise) {}
