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
    final OffsetWindow<LiveTask> window;
    final Map<TaskId, LiveTask> live = new HashMap<>();
    final Map<String, KeyLane> lanes = new HashMap<>();
    Stage stage = Stage.TAKING_OVER;
    long epoch;

    /** Attempts under way, and statuses on their way to Kafka. */
    int unfinished;

    /** @param position the offset of the first task that will be read */
    OwnedPartition(int number, long position) {
        this.number = number;
        this.window = new OffsetWindow<>(position);
    }

    /** Puts a task at the end of its key's lane and returns whether nobody is before it; without a key nobody is. */
    boolean joinLane(LiveTask live) {
        String key = live.task.key();
        return key == null || lanes.computeIfAbsent(key, k -> new KeyLane()).add(live);
    }

    /** Takes a task out of its key's lane and returns the one that is first now, if that changed. */
    @Nullable
    LiveTask leaveLane(LiveTask live) {
        String key = live.task.key();
        KeyLane lane = key == null ? null : lanes.get(key);
        if (lane == null) {
            return null;
        }
        LiveTask next = lane.remove(live);
        if (lane.isEmpty()) {
            lanes.remove(key);
        }
        return next;
    }

    boolean isHeldByKey(LiveTask live) {
        String key = live.task.key();
        KeyLane lane = key == null ? null : lanes.get(key);
        return lane != null && lane.first() != live;
    }

    boolean mayStart() {
        return stage == Stage.OWNED;
    }

    /** Returns whether statuses may still be written. */
    boolean mayWrite() {
        return stage == Stage.OWNED || stage == Stage.GIVING_BACK;
    }
}
