package dev.moa.async.work;

import dev.moa.async.task.Task;
import dev.moa.async.task.TaskState;
import dev.moa.async.task.TaskStatus;
import org.jspecify.annotations.Nullable;

/** A task in the hands of this worker. Touched on the engine's thread only. */
final class LiveTask {

    /** What the worker is doing about it. */
    enum Phase {
        /** Waits for the moment its sender asked for; in no lane yet. */
        DELAYED,
        /** Waits for the task before it in its lane, or for its target's gate. */
        WAITING,
        RUNNING,
        /** A status that ends this phase is on its way to Kafka. */
        SETTLING,
        /** Waits for its next attempt; its lane waits with it. */
        RETRYING,
        /** Over, or no longer ours. */
        GONE
    }

    final Task task;
    final OwnedPartition home;
    final long sequence;
    final TargetGate gate;
    /** What it takes in memory: its body, and about a kilobyte for the rest. */
    final int bytes;

    Phase phase = Phase.WAITING;
    int attempts;
    /** Its offset is not safe yet. */
    boolean inWindow;
    /** The topic of states carries the whole task. */
    boolean parked;
    /** A copy is on its way to the topic of states. */
    boolean parking;

    boolean cancelWished;
    /** Counts its writes: a failed one is repeated only if none came after it. */
    int version;

    long phaseSinceNanos;
    long nextAttemptAtMs;

    @Nullable
    String lastError;

    LiveTask(Task task, OwnedPartition home, long sequence, TargetGate gate) {
        this.task = task;
        this.home = home;
        this.sequence = sequence;
        this.gate = gate;
        this.bytes = task.body().length + 1_000;
    }

    void enter(Phase next) {
        phase = next;
        phaseSinceNanos = System.nanoTime();
    }

    /** Returns its status as of now in this state. */
    TaskStatus status(TaskState state, long nowMs, @Nullable String result) {
        return new TaskStatus(
                task.id(),
                task.life(),
                state,
                attempts,
                sequence,
                task.key(),
                task.target().name(),
                task.createdAtMs(),
                nowMs,
                state == TaskState.DELAYED ? task.notBeforeMs() : state == TaskState.RETRYING ? nextAttemptAtMs : 0,
                lastError,
                result);
    }

    /** Returns the state that its phase shows to others. */
    TaskState shownState() {
        return switch (phase) {
            case DELAYED -> TaskState.DELAYED;
            case RETRYING -> TaskState.RETRYING;
            case RUNNING, SETTLING -> TaskState.RUNNING;
            case WAITING, GONE -> attempts == 0 ? TaskState.QUEUED : TaskState.RETRYING;
        };
    }
}
