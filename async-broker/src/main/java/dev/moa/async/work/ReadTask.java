package dev.moa.async.work;

import dev.moa.async.task.Task;
import org.jspecify.annotations.Nullable;

/**
 * A record of the topic of tasks.
 *
 * @param offset where it stands
 * @param task what it says; null if it could not be read, and is skipped
 */
record ReadTask(long offset, @Nullable Task task) {}
