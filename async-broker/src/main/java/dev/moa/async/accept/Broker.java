package dev.moa.async.accept;

import dev.moa.async.AsyncMetrics;
import dev.moa.async.log.KafkaLink;
import dev.moa.async.log.TaskLog;
import dev.moa.async.log.TaskReader;
import dev.moa.async.table.TableFeed;
import dev.moa.async.table.TaskEntry;
import dev.moa.async.table.TaskTable;
import dev.moa.async.task.StateRecord;
import dev.moa.async.task.Task;
import dev.moa.async.task.TaskCodec;
import dev.moa.async.task.TaskId;
import dev.moa.async.task.TaskProblem;
import dev.moa.async.task.TaskState;
import dev.moa.async.task.TaskStatus;
import dev.moa.protocol.StatusCode;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Accepts tasks and answers for them. Every method but {@link #submit} may block, for a few seconds at most. */
public final class Broker {
    private static final Duration READ = Duration.ofSeconds(3);
    private static final Duration CANCEL = Duration.ofSeconds(3);
    private static final int TRIES = 3;

    private final KafkaLink link;
    private final TaskLog taskLog;
    private final TaskTable table;
    private final TableFeed feed;
    private final TaskReader reader;
    private final Clock clock;
    private final AsyncMetrics metrics;

    public Broker(
            KafkaLink link,
            TaskLog taskLog,
            TaskTable table,
            TableFeed feed,
            TaskReader reader,
            Clock clock,
            AsyncMetrics metrics) {
        this.link = link;
        this.taskLog = taskLog;
        this.table = table;
        this.feed = feed;
        this.reader = reader;
        this.clock = clock;
        this.metrics = metrics;
    }

    /**
     * Accepts a task. The stage ends when the task is durable, or with a {@link TaskProblem}; never later than
     * the accept timeout. A task whose id is known, by its dedupe key, is answered and not enqueued again.
     */
    public CompletableFuture<Accepted> submit(Task task) {
        if (table.find(task.id()) != null) {
            metrics.duplicate();
            return CompletableFuture.completedFuture(accepted(task.id()));
        }
        long begun = System.nanoTime();
        return taskLog.accept(task)
                .whenComplete((position, failure) -> {
                    if (failure == null) {
                        metrics.accepted(Duration.ofNanos(System.nanoTime() - begun));
                        table.heard(task, position.partition(), position.offset());
                    } else {
                        metrics.refused();
                    }
                })
                .thenApply(position -> accepted(task.id()));
    }

    private Accepted accepted(TaskId id) {
        String promise = link.promise();
        return new Accepted(id, promise == null ? "unknown until Kafka has told its settings" : promise);
    }

    /** Returns how far a task got. */
    public TaskReport report(TaskId id) {
        for (int i = 0; i < TRIES; i++) {
            TaskEntry entry = find(id);
            Detail detail = detail(entry);
            if (detail != null) {
                return TaskReport.of(detail.status(), detail.key());
            }
            TaskEntry now = table.find(id);
            if (now != null && now.equals(entry)) {
                // what Kafka does not give in time: the rest is known
                return TaskReport.of(entry.status(), null);
            }
        }
        return TaskReport.of(find(id).status(), null);
    }

    /**
     * Cancels a task that waits.
     *
     * @return its report, CANCELLED
     * @throws TaskProblem ABORTED if it is over or an attempt is under way; UNAVAILABLE if no worker answered
     */
    public TaskReport cancel(TaskId id) {
        TaskEntry entry = find(id);
        if (entry.status().state() == TaskState.CANCELLED) {
            return report(id);
        }
        refuseIfOver(entry.status());
        try {
            byte[] wish = Long.toString(clock.millis()).getBytes(StandardCharsets.US_ASCII);
            long offset = taskLog.append(entry.partition(), TaskLog.CANCEL + id, wish)
                    .get(CANCEL.toMillis(), TimeUnit.MILLISECONDS);
            TaskEntry answer = table.await(id, e -> e.status().state().isTerminal() || e.stateOffset() > offset)
                    .orTimeout(CANCEL.toMillis(), TimeUnit.MILLISECONDS)
                    .get();
            if (answer.status().state() == TaskState.CANCELLED) {
                return report(id);
            }
            refuseIfOver(answer.status());
            throw new TaskProblem(
                    StatusCode.ABORTED,
                    "task %s is not cancelled: its attempt %d is under way; if that fails it is not tried again"
                            .formatted(id, answer.status().attempts()),
                    answer.status().state().name(),
                    "QUEUED, DELAYED or RETRYING",
                    "ask for its state later");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unanswered(id);
        } catch (ExecutionException | TimeoutException e) {
            throw unanswered(id);
        }
    }

    private static void refuseIfOver(TaskStatus status) {
        if (status.state().isTerminal()) {
            throw new TaskProblem(
                    StatusCode.ABORTED,
                    "task %s is not cancelled: it is over, %s".formatted(status.id(), status.state()),
                    status.state().name(),
                    "QUEUED, DELAYED or RETRYING",
                    status.state() == TaskState.DEAD ? "it is a dead letter and is not tried again" : "nothing");
        }
    }

    private static TaskProblem unanswered(TaskId id) {
        return new TaskProblem(
                StatusCode.UNAVAILABLE,
                "no worker answered in %d ms whether task %s is cancelled: it may be".formatted(CANCEL.toMillis(), id),
                null,
                CANCEL.toMillis() + " ms",
                "see that a worker runs, then ask again");
    }

    /** Returns dead letters, latest first. */
    public List<TaskReport> deadLetters(@Nullable String cursor, int limit, @Nullable String target) {
        List<TaskReport> page = new ArrayList<>();
        for (TaskEntry entry : deadEntries(cursor, limit, target)) {
            Detail detail = detail(entry);
            page.add(
                    detail == null
                            ? TaskReport.of(entry.status(), null)
                            : TaskReport.of(detail.status(), detail.key()));
        }
        return page;
    }

    /** Returns where the page after this one starts. */
    public static String cursorAfter(TaskReport last) {
        return last.updatedAtMs() + "." + last.taskId();
    }

    private List<TaskEntry> deadEntries(@Nullable String cursor, int limit, @Nullable String target) {
        Predicate<TaskEntry> wanted =
                target == null ? e -> true : e -> e.status().target().equals(target);
        try {
            return table.dead(cursor, limit, wanted);
        } catch (IllegalArgumentException e) {
            throw TaskProblem.invalid("cursor", cursor, "the 'next' of the page before");
        }
    }

    /**
     * Accepts a dead letter again, as the same task in its next life, behind what its key has waiting.
     *
     * @throws TaskProblem ABORTED if it is no dead letter
     */
    public Accepted replay(TaskId id) {
        TaskEntry entry = find(id);
        if (entry.status().state() != TaskState.DEAD) {
            throw new TaskProblem(
                    StatusCode.ABORTED,
                    "task %s is no dead letter: %s".formatted(id, entry.status().state()),
                    entry.status().state().name(),
                    "DEAD",
                    "nothing");
        }
        byte[] bytes = reader.state(entry.partition(), entry.stateOffset(), READ);
        Task task = bytes == null ? null : StateRecord.read(bytes).task();
        if (task == null) {
            throw new TaskProblem(
                    StatusCode.UNAVAILABLE,
                    "Kafka did not give task %s in time".formatted(id),
                    null,
                    null,
                    "ask again");
        }
        Task again = task.replayed(entry.status().life() + 1, clock.millis());
        try {
            return taskLog.accept(again)
                    .whenComplete((position, failure) -> {
                        if (failure == null) {
                            table.heard(again, position.partition(), position.offset());
                        }
                    })
                    .thenApply(position -> accepted(id))
                    .join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof TaskProblem problem) {
                throw problem;
            }
            throw e;
        }
    }

    /** Replays dead letters, oldest first, and returns how many. */
    public int replayAll(@Nullable String target, int limit) {
        List<TaskEntry> letters = new ArrayList<>(deadEntries(null, Integer.MAX_VALUE, target));
        java.util.Collections.reverse(letters);
        int replayed = 0;
        for (TaskEntry letter : letters) {
            if (replayed == limit) {
                break;
            }
            try {
                replay(letter.status().id());
                replayed++;
            } catch (TaskProblem e) {
                if (e.code() != StatusCode.ABORTED && e.code() != StatusCode.NOT_FOUND) {
                    throw e;
                }
                // someone else replayed it in between
            }
        }
        return replayed;
    }

    private TaskEntry find(TaskId id) {
        TaskEntry entry = table.find(id);
        if (entry != null) {
            return entry;
        }
        String problem = link.problem();
        if (!feed.isCaughtUp() || problem != null) {
            throw new TaskProblem(
                    StatusCode.UNAVAILABLE,
                    "task %s is not known here yet: %s"
                            .formatted(id, problem != null ? problem : "the statuses are being read"),
                    id.toString(),
                    null,
                    "ask again in a moment");
        }
        long behind = feed.tasksBehind();
        if (behind > 0 && !table.hasRoom()) {
            throw new TaskProblem(
                    StatusCode.UNAVAILABLE,
                    "task %s is not known: it may be among the %d tasks further back in the queue"
                            .formatted(id, behind),
                    id.toString(),
                    null,
                    "ask again later");
        }
        throw new TaskProblem(
                StatusCode.NOT_FOUND,
                "task %s is not known: it never was accepted, or it ended so long ago that it was forgotten"
                        .formatted(id),
                id.toString(),
                null,
                "check the id; moa.async.status.* says how long tasks are kept");
    }

    private record Detail(TaskStatus status, @Nullable String key) {}

    /** Reads what the table leaves in Kafka; null if Kafka does not give it in time, or something newer stands there. */
    private @Nullable Detail detail(TaskEntry entry) {
        if (entry.isHearsay()) {
            byte[] bytes = reader.task(entry.partition(), entry.status().sequence(), READ);
            return bytes == null
                    ? null
                    : new Detail(entry.status(), TaskCodec.read(bytes).key());
        }
        byte[] bytes = reader.state(entry.partition(), entry.stateOffset(), READ);
        if (bytes == null) {
            return null;
        }
        TaskStatus status = StateRecord.readWithoutTask(bytes).status();
        return new Detail(status, status.key());
    }
}
