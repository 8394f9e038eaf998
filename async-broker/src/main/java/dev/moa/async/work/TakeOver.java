package dev.moa.async.work;

import dev.moa.async.log.Closing;
import dev.moa.async.log.KafkaLink;
import dev.moa.async.log.TaskLog;
import dev.moa.async.log.TaskReader;
import dev.moa.async.table.TaskEntry;
import dev.moa.async.table.TaskTable;
import dev.moa.async.task.StateRecord;
import dev.moa.async.task.Task;
import dev.moa.async.task.TaskStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes this worker the owner of a partition: puts its mark into the log of states, reads the log up to that
 * mark, and fetches the tasks that are parked there. Blocks, so it has a thread of its own; tries until it
 * succeeds or the partition is taken away again.
 */
final class TakeOver implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TakeOver.class);
    private static final Duration STEP = Duration.ofSeconds(5);

    /** A task that goes on from the topic of states. */
    record Parked(TaskStatus status, Task task) {}

    /** Hears that the partition is ours. */
    @FunctionalInterface
    interface Done {
        void tookOver(long epoch, List<Parked> parked);
    }

    private final TaskLog taskLog;
    private final TaskTable table;
    private final TaskReader reader;
    private final Closing closing = new Closing();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread t = new Thread(task, "async-takeover-1");
        t.setDaemon(true);
        return t;
    });

    TakeOver(KafkaLink link, TaskLog taskLog, TaskTable table) {
        this.taskLog = taskLog;
        this.table = table;
        this.reader = new TaskReader(link, "moa-async-takeover");
    }

    void begin(int partition, BooleanSupplier stillWanted, Done done) {
        execute(() -> {
            while (stillWanted.getAsBoolean() && !closing.isClosed()) {
                try {
                    if (attempt(partition, done)) {
                        return;
                    }
                } catch (InterruptedException e) {
                    return;
                } catch (Exception e) {
                    log.warn("taking over partition {} failed, trying again: {}", partition, e.toString());
                }
                try {
                    closing.pause(100);
                } catch (InterruptedException e) {
                    return;
                }
            }
        });
    }

    private boolean attempt(int partition, Done done) throws Exception {
        // one mark to learn the epochs before it: what the log held when we came is applied once it comes back
        String me = UUID.randomUUID().toString();
        long epoch = table.epoch(partition) + 1;
        long mark = taskLog.append(partition, TaskLog.OWNER, new TaskTable.OwnerRecord(epoch, me).write())
                .get(STEP.toMillis(), TimeUnit.MILLISECONDS);
        if (!table.awaitApplied(partition, mark + 1, 4 * STEP.toMillis())) {
            return false;
        }
        if (!table.owner(partition).equals(me)) {
            return false; // someone was there with as high an epoch: once more, above it
        }
        List<TaskEntry> entries = table.parked(partition);
        List<Long> offsets = entries.stream().map(TaskEntry::stateOffset).toList();
        List<Parked> parked = new ArrayList<>(entries.size());
        boolean whole = reader.states(partition, offsets, STEP, (offset, bytes) -> {
            StateRecord state = StateRecord.read(bytes);
            if (state.task() != null) {
                parked.add(new Parked(state.status(), state.task()));
            }
        });
        if (!whole || parked.size() != entries.size()) {
            log.warn(
                    "partition {}: read {} of {} parked tasks, trying again", partition, parked.size(), entries.size());
            return false;
        }
        done.tookOver(epoch, parked);
        return true;
    }

    /** Reads the record behind an entry; the stage ends with null if it is gone. */
    CompletableFuture<byte @Nullable []> read(TaskEntry entry) {
        CompletableFuture<byte @Nullable []> read = new CompletableFuture<>();
        execute(() -> read.complete(reader.state(entry.partition(), entry.stateOffset(), STEP)));
        return read;
    }

    private void execute(Runnable action) {
        try {
            thread.execute(action);
        } catch (RejectedExecutionException e) {
            log.debug("closed");
        }
    }

    @Override
    public void close() {
        closing.close();
        thread.shutdownNow();
        try {
            if (thread.awaitTermination(1, TimeUnit.SECONDS)) {
                reader.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
