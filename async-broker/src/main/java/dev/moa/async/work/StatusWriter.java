package dev.moa.async.work;

import dev.moa.async.AsyncMetrics;
import dev.moa.async.log.TaskLog;
import dev.moa.async.table.TaskEntry;
import dev.moa.async.table.TaskTable;
import dev.moa.async.task.StateRecord;
import dev.moa.async.task.TaskState;
import dev.moa.async.task.TaskStatus;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the statuses of tasks to the topic of states, and goes on only when Kafka has confirmed them. A write
 * that failed is repeated until a later one of the same task replaces it or the partition is no longer ours.
 * Touched on the engine's thread only.
 */
final class StatusWriter {
    private static final Logger log = LoggerFactory.getLogger(StatusWriter.class);

    private static final Duration REWRITE_AFTER = Duration.ofMillis(500);

    private final EngineThread thread;
    private final TaskLog taskLog;
    private final TaskTable table;
    private final Clock clock;
    private final AsyncMetrics metrics;
    private final TakeOver takeOver;
    private final Consumer<OwnedPartition> safer;

    /** @param safer is told of a partition of which a task has become safe */
    StatusWriter(
            EngineThread thread,
            TaskLog taskLog,
            TaskTable table,
            Clock clock,
            AsyncMetrics metrics,
            TakeOver takeOver,
            Consumer<OwnedPartition> safer) {
        this.thread = thread;
        this.taskLog = taskLog;
        this.table = table;
        this.clock = clock;
        this.metrics = metrics;
        this.takeOver = takeOver;
        this.safer = safer;
    }

    /** Writes a status and, when Kafka has confirmed it, goes on with {@code then}; until then it tries again. */
    void write(LiveTask live, TaskState state, boolean withTask, @Nullable String result, Runnable then) {
        write(live, live.status(state, clock.millis(), result), withTask, ++live.version, then);
    }

    /** Writes the status that a task shows now, with the task itself where the log carried it before. */
    void writeAgain(LiveTask live) {
        write(live, live.shownState(), live.parked || live.parking, null, () -> {});
    }

    /** Makes a task safe without ending it: its status carries the task itself. */
    void park(LiveTask live) {
        if (live.parking || live.parked) {
            return;
        }
        live.parking = true;
        metrics.parked();
        write(live, live.shownState(), true, null, () -> safer.accept(live.home));
    }

    private void write(LiveTask live, TaskStatus status, boolean withTask, int version, Runnable then) {
        OwnedPartition home = live.home;
        home.unfinished++;
        StateRecord entry = new StateRecord(home.epoch, status, withTask ? live.task : null);
        taskLog.appendState(home.number, entry)
                .whenComplete((offset, failure) -> thread.execute(() -> {
                    home.unfinished--;
                    if (!home.mayWrite()) {
                        return;
                    }
                    if (failure == null) {
                        table.wrote(home.number, offset, status, withTask);
                        if (withTask) {
                            live.parked = true;
                        }
                        then.run();
                    } else if (live.version == version) {
                        log.warn(
                                "status {} of task {} is not written yet: {}",
                                status.state(),
                                status.id(),
                                failure.toString());
                        thread.schedule(REWRITE_AFTER, () -> {
                            if (home.mayWrite() && live.version == version) {
                                write(live, status, withTask, version, then);
                            }
                        });
                    }
                }));
    }

    /** Ends a task that is further back in the queue: it is dropped when it is read. */
    void cancelUnread(OwnedPartition owned, TaskEntry known) {
        TaskStatus was = known.status();
        TaskStatus cancelled = new TaskStatus(
                was.id(),
                was.life(),
                TaskState.CANCELLED,
                0,
                was.sequence(),
                was.key(),
                was.target(),
                was.createdAtMs(),
                clock.millis(),
                0,
                null,
                null);
        taskLog.appendState(owned.number, new StateRecord(owned.epoch, cancelled, null))
                .thenAccept(offset -> thread.execute(() -> {
                    if (owned.mayWrite()) {
                        metrics.ended(TaskState.CANCELLED.name());
                        table.wrote(owned.number, offset, cancelled, false);
                    }
                }));
    }

    /** Writes once more what the log says of a task that is not in our hands. */
    void repeat(OwnedPartition owned, TaskEntry known) {
        takeOver.read(known).thenAccept(bytes -> {
            if (bytes != null) {
                StateRecord written = StateRecord.read(bytes);
                thread.execute(() -> {
                    if (owned.mayWrite()) {
                        taskLog.appendState(
                                owned.number, new StateRecord(owned.epoch, written.status(), written.task()));
                    }
                });
            }
        });
    }
}
