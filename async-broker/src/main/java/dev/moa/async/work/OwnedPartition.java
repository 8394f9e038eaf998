package dev.moa.async.work;

import dev.moa.async.task.TaskId;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A partition that Kafka has given to this worker. Touched on the engine's thread only. */
final class OwnedPartition {

    /** How far the ownership has got. */
    enum Stage {
        /** The log of states is read up to our own mark. */
        TAKING_OVER,
        OWNED,
        /** On its way to another worker: nothing new is begun. */
        GIVING_BACK,
        /** Not ours: whatever comes late is dropped, Kafka has it all. */
        LOST
    }

    final int number;
    final Map<TaskId, LiveTask> live = new HashMap<>();
    final Map<String, KeyLane> lanes = new HashMap<>();
    Stage stage = Stage.TAKING_OVER;
    long epoch;

    @Nullable
    OffsetWindow<LiveTask> window;
    /** Attempts under way, and statuses on their way to Kafka. */
    int unfinished;

    OwnedPartition(int number) {
        this.number = number;
    }

    boolean mayStart() {
        return stage == Stage.OWNED;
    }

    /** Returns whether statuses may still be written. */
    boolean mayWrite() {
        return stage == Stage.OWNED || stage == Stage.GIVING_BACK;
    }
}
