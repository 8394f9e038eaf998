package dev.moa.async.work;

import dev.moa.async.task.Task;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The partitions that this worker owns and the tasks that it holds of them: how many and how large they are, what may
 * be committed, and whether more should be read. Touched on the engine's thread only, but for what is said to be for
 * any thread.
 */
final class Holdings {
    private final WorkerProperties properties;
    private final Map<Integer, OwnedPartition> partitions = new HashMap<>();
    private int liveCount;
    private long liveBytes;

    // for any thread
    private final Map<Integer, Long> committable = new ConcurrentHashMap<>();
    private final Set<Integer> hungry = ConcurrentHashMap.newKeySet();
    private volatile int shownLive;

    Holdings(WorkerProperties properties) {
        this.properties = properties;
    }

    /** Adds a partition that will be read from {@code position}; one of the same number that was held is dropped. */
    OwnedPartition add(int number, long position) {
        OwnedPartition owned = new OwnedPartition(number, position);
        OwnedPartition before = partitions.put(number, owned);
        if (before != null) {
            drop(before);
        }
        committable.put(number, position);
        return owned;
    }

    @Nullable
    OwnedPartition find(int number) {
        return partitions.get(number);
    }

    Collection<OwnedPartition> all() {
        return partitions.values();
    }

    boolean isHeld(OwnedPartition owned) {
        return partitions.get(owned.number) == owned;
    }

    LiveTask hold(OwnedPartition owned, Task task, long sequence, TargetGate gate) {
        LiveTask live = new LiveTask(task, owned, sequence, gate);
        owned.live.put(task.id(), live);
        gate.hold();
        liveCount++;
        liveBytes += live.bytes;
        return live;
    }

    /** Lets go of a task that has ended: its offset is safe. Returns the next of its key, if that is the first now. */
    @Nullable
    LiveTask release(LiveTask live) {
        live.enter(LiveTask.Phase.GONE);
        OwnedPartition home = live.home;
        if (home.live.remove(live.task.id(), live)) {
            forget(live);
        }
        if (live.inWindow) {
            live.inWindow = false;
            home.window.settle(live.sequence);
        }
        return home.leaveLane(live);
    }

    /** Reads no more of a partition that is on its way to another worker. */
    void giveBack(OwnedPartition owned) {
        hungry.remove(owned.number);
        if (owned.stage == OwnedPartition.Stage.OWNED) {
            owned.stage = OwnedPartition.Stage.GIVING_BACK;
        }
    }

    /** Forgets a partition that is not ours, with all its tasks. */
    void drop(OwnedPartition owned) {
        owned.stage = OwnedPartition.Stage.LOST;
        if (partitions.remove(owned.number, owned)) {
            hungry.remove(owned.number);
            committable.remove(owned.number);
        }
        for (LiveTask live : owned.live.values()) {
            live.phase = LiveTask.Phase.GONE;
            forget(live);
        }
        owned.live.clear();
        owned.lanes.clear();
    }

    private void forget(LiveTask live) {
        live.gate.release();
        liveCount--;
        liveBytes -= live.bytes;
    }

    /** Shows the reading thread what may be committed of a partition, and whether to read on. */
    void publish(OwnedPartition owned) {
        if (!isHeld(owned)) {
            return;
        }
        committable.put(owned.number, owned.window.committable());
        boolean wants = owned.stage == OwnedPartition.Stage.OWNED
                && owned.window.span() < properties.window()
                && liveCount < properties.maxLive()
                && liveBytes < properties.maxLiveBytes().toBytes();
        if (wants) {
            hungry.add(owned.number);
        } else {
            hungry.remove(owned.number);
        }
    }

    /** Shows people how many tasks are held. */
    void show() {
        shownLive = liveCount;
    }

    // ---- for any thread ----

    boolean isHungry(int partition) {
        return hungry.contains(partition);
    }

    @Nullable
    Long committable(int partition) {
        return committable.get(partition);
    }

    /** Returns, by partition, the offset that may be committed. */
    Map<Integer, Long> committable() {
        return Map.copyOf(committable);
    }

    int live() {
        return shownLive;
    }
}
