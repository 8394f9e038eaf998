package dev.moa.async.deliver;

import dev.moa.async.task.Task;
import java.util.concurrent.CompletableFuture;

/** Hands tasks to their targets. */
@FunctionalInterface
public interface Delivery {

    /**
     * Starts an attempt and returns at once, never blocking.
     *
     * @param attempt from 1
     * @return ends with the outcome, within the task's timeout
     */
    CompletableFuture<Outcome> attempt(Task task, int attempt);
}
