package dev.moa.async.task;

/** Where a task stands. Every accepted task ends in exactly one terminal state. */
public enum TaskState {
    /** Waits for its turn. */
    QUEUED,
    /** Waits for the moment its sender asked for. */
    DELAYED,
    /** An attempt is under way. */
    RUNNING,
    /** An attempt failed; the next one is set. */
    RETRYING,
    /** The target took it. */
    SUCCEEDED,
    /** Given up: a dead letter, which an operator may replay. */
    DEAD,
    /** Cancelled before an attempt succeeded. */
    CANCELLED;

    public boolean isTerminal() {
        return this == SUCCEEDED || this == DEAD || this == CANCELLED;
    }
}
