/** What a task is: {@link dev.moa.async.task.Task}, its {@link dev.moa.async.task.TaskState} and how both are written down. */
@NullMarked
package dev.moa.async.task;

import org.jspecify.annotations.NullMarked;
