package dev.moa.async.work;

import dev.moa.async.AsyncMetrics;
import dev.moa.async.deliver.Delivery;
import dev.moa.async.deliver.Outcome;
import dev.moa.async.log.TaskLog;
import dev.moa.async.table.TaskEntry;
import dev.moa.async.table.TaskTable;
import dev.moa.async.task.Task;
import dev.moa.async.task.TaskId;
import dev.moa.async.task.TaskState;
import dev.moa.async.task.TaskStatus;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a worker does with the tasks of the partitions it owns. All of it happens on one thread
 * ({@link EngineThread}); reading Kafka, writing it and delivering happen elsewhere and report back. The
 * {@link Holdings} are what it owns, the {@link Attempts} and the {@link StatusWriter} are its hands.
 *
 * <p><b>Life of a task.</b> Read from the topic of tasks it is <i>unsafe</i>: only its offset keeps it. It
 * enters the lane of its key (none without a key), from its head the gate of its target, from there it is
 * attempted. What follows is written to the topic of states first; only when Kafka has confirmed that does the
 * offset become safe to commit, and only then does the next task of the key begin. So a crash at any moment
 * repeats an attempt at worst, and never in a wrong order.
 *
 * <p><b>Parking.</b> A status that carries the task itself makes it safe without ending it: it goes on from
 * there after a take-over. That is done for a task that is delayed or will be retried, and, oldest first, for
 * whatever holds the window back for long (a slow target, a long retry of a key), so that one stuck task never
 * stops its partition. Parking always takes the oldest unsafe tasks, so the parked tasks of a key are always a
 * prefix of those of the key that have not ended, and a take-over finds them in order: first the parked, then
 * the topic of tasks from the committed offset.
 *
 * <p><b>Duplicates.</b> A record of the topic of tasks is dropped if its id is in our hands already or has a
 * terminal status of the same life. Both are known from the log that the take-over has read to the end.
 *
 * <p><b>Giving back.</b> On revocation nothing new is begun, what runs may end within the drain timeout, the
 * rest is dropped and comes again with the next owner. What a replaced worker still writes is void by the
 * epoch (see {@link TaskTable}).
 */
final class Engine implements TaskTable.OwnerListener, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Engine.class);

    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration STUCK_AFTER = Duration.ofSeconds(1);
    /** Timers look at the wall clock again after this, in case someone set it. */
    private static final long LONGEST_TIMER_MS = 30_000;
    /** A delay shorter than this is not worth a write. */
    private static final long SHORT_DELAY_MS = 500;

    private static final int PARK_AT_ONCE = 256;

    private final EngineThread thread;
    private final TaskLog taskLog;
    private final TaskTable table;
    private final WorkerProperties properties;
    private final Clock clock;
    private final AsyncMetrics metrics;
    private final TakeOver takeOver;
    private final Attempts attempts;
    private final StatusWriter statuses;
    private final Holdings holdings;

    Engine(
            EngineThread thread,
            TaskLog taskLog,
            TaskTable table,
            Delivery delivery,
            WorkerProperties properties,
            Clock clock,
            AsyncMetrics metrics,
            TakeOver takeOver) {
        this.thread = thread;
        this.taskLog = taskLog;
        this.table = table;
        this.properties = properties;
        this.clock = clock;
        this.metrics = metrics;
        this.takeOver = takeOver;
        this.attempts = new Attempts(thread, delivery, properties, clock, metrics, this::settle);
        this.holdings = new Holdings(properties);
        this.statuses = new StatusWriter(thread, taskLog, table, clock, metrics, takeOver, holdings::publish);
    }

    void start() {
        table.listener(this);
        thread.start();
        thread.execute(() -> thread.schedule(TICK, this::tick));
    }

    // ---- from the reading thread ----

    /** Begins to take a partition over; it is {@link #isHungry} when that is done. */
    void assign(int partition, long position) {
        thread.execute(() -> {
            OwnedPartition owned = holdings.add(partition, position);
            takeOver.begin(
                    partition,
                    () -> owned.stage == OwnedPartition.Stage.TAKING_OVER,
                    (epoch, parked) -> thread.execute(() -> tookOver(owned, epoch, parked)));
        });
    }

    /**
     * Begins nothing more of these partitions; the stage ends when nothing of them is under way, or at the
     * drain timeout. What is safe by then may be committed, then they are {@linkplain #lose lost}.
     */
    CompletableFuture<Void> stop(List<Integer> numbers) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        thread.execute(() -> {
            List<OwnedPartition> leaving = new ArrayList<>();
            for (Integer number : numbers) {
                OwnedPartition owned = holdings.find(number);
                if (owned != null) {
                    holdings.giveBack(owned);
                    leaving.add(owned);
                }
            }
            awaitQuiet(leaving, System.nanoTime() + properties.drainTimeout().toNanos(), done);
        });
        return done;
    }

    private void awaitQuiet(List<OwnedPartition> leaving, long deadline, CompletableFuture<Void> done) {
        boolean quiet = leaving.stream().allMatch(p -> p.unfinished == 0);
        if (quiet || System.nanoTime() - deadline >= 0) {
            leaving.forEach(holdings::publish);
            done.complete(null);
        } else {
            thread.schedule(Duration.ofMillis(10), () -> awaitQuiet(leaving, deadline, done));
        }
    }

    /** Forgets partitions that were given to others already. */
    void lose(List<Integer> numbers) {
        thread.execute(() -> numbers.forEach(number -> {
            OwnedPartition owned = holdings.find(number);
            if (owned != null) {
                drop(owned);
            }
        }));
    }

    /** Takes in what was read; the stage ends when it is taken in, which is soon. */
    CompletableFuture<Void> ingest(int partition, List<ReadTask> tasks) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        thread.execute(() -> {
            try {
                OwnedPartition owned = holdings.find(partition);
                if (owned != null && owned.stage == OwnedPartition.Stage.OWNED) {
                    tasks.forEach(read -> ingest(owned, read));
                    holdings.publish(owned);
                    showLoad();
                }
                done.complete(null);
            } catch (RuntimeException e) {
                // the reading thread starts over from what is committed
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    /** Returns whether the partition should be read on. */
    boolean isHungry(int partition) {
        return holdings.isHungry(partition);
    }

    /** Returns the offset of the partition that may be committed; null if it is not ours. */
    @Nullable
    Long committable(int partition) {
        return holdings.committable(partition);
    }

    // ---- for people ----

    int inFlight() {
        return attempts.inFlight();
    }

    int live() {
        return holdings.live();
    }

    Map<String, Integer> inFlightByTarget() {
        return attempts.inFlightByTarget();
    }

    Set<String> shutGates() {
        return attempts.shutGates();
    }

    // ---- from the table: somebody else wrote to the log ----

    @Override
    public void cancelWished(int partition, TaskId id, long offset) {
        thread.execute(() -> cancel(partition, id));
    }

    @Override
    public void voided(int partition, TaskId id) {
        thread.execute(() -> assertAgain(partition, id));
    }

    @Override
    public void ownerChanged(int partition, long epoch, String owner) {
        thread.execute(() -> {
            OwnedPartition owned = holdings.find(partition);
            if (owned != null && owned.mayWrite() && epoch > owned.epoch) {
                log.warn("partition {} was taken over by {}; dropping it here", partition, owner);
                drop(owned);
            }
        });
    }

    // ---- taking over ----

    private void tookOver(OwnedPartition owned, long epoch, List<TakeOver.Parked> parked) {
        if (owned.stage != OwnedPartition.Stage.TAKING_OVER || !holdings.isHeld(owned)) {
            return;
        }
        owned.stage = OwnedPartition.Stage.OWNED;
        owned.epoch = epoch;
        // the head of a key is the one that was begun; the rest in the order they were accepted
        List<TakeOver.Parked> inOrder = new ArrayList<>(parked);
        inOrder.sort(Comparator.<TakeOver.Parked>comparingInt(p -> p.status().attempts() > 0 ? 0 : 1)
                .thenComparingLong(p -> p.status().sequence()));
        for (TakeOver.Parked each : inOrder) {
            TaskStatus status = each.status();
            LiveTask live = hold(owned, each.task(), status.sequence());
            live.attempts = status.attempts();
            live.lastError = status.lastError();
            live.parked = true;
            if (status.state() == TaskState.RETRYING) {
                live.nextAttemptAtMs = status.nextAttemptAtMs();
                joinLane(live, false);
                awaitRetry(live);
            } else if (status.state() == TaskState.DELAYED) {
                awaitDelay(live);
            } else {
                joinLane(live, true);
            }
        }
        holdings.publish(owned);
        showLoad();
        table.cancelWishes(owned.number).forEach(id -> cancel(owned.number, id));
        log.info("took over partition {} (epoch {}, {} parked tasks)", owned.number, epoch, parked.size());
    }

    private void ingest(OwnedPartition owned, ReadTask read) {
        OffsetWindow<LiveTask> window = owned.window;
        Task task = read.task();
        if (task == null || read.offset() < window.next()) {
            window.skip(read.offset());
            return;
        }
        TaskEntry known = table.find(task.id());
        boolean over = known != null
                && known.status().state().isTerminal()
                && known.status().life() >= task.life();
        if (over || owned.live.containsKey(task.id())) {
            window.skip(read.offset());
            return;
        }
        LiveTask live = hold(owned, task, read.offset());
        live.inWindow = true;
        window.add(read.offset(), live);
        table.heard(task, owned.number, read.offset());
        long wait = task.notBeforeMs() - clock.millis();
        if (wait > 0) {
            if (wait > SHORT_DELAY_MS) {
                live.enter(LiveTask.Phase.DELAYED);
                statuses.park(live);
            }
            awaitDelay(live);
        } else {
            joinLane(live, true);
        }
    }

    private LiveTask hold(OwnedPartition owned, Task task, long sequence) {
        return holdings.hold(owned, task, sequence, attempts.gate(task.target().name()));
    }

    private void drop(OwnedPartition owned) {
        holdings.drop(owned);
        showLoad();
    }

    // ---- waiting ----

    private void awaitDelay(LiveTask live) {
        live.enter(LiveTask.Phase.DELAYED);
        wakeAt(live, LiveTask.Phase.DELAYED, live.task.notBeforeMs(), () -> joinLane(live, true));
    }

    private void awaitRetry(LiveTask live) {
        live.enter(LiveTask.Phase.RETRYING);
        wakeAt(live, LiveTask.Phase.RETRYING, live.nextAttemptAtMs, () -> attempts.enter(live));
    }

    private void wakeAt(LiveTask live, LiveTask.Phase phase, long atMs, Runnable action) {
        long wait = atMs - clock.millis();
        if (wait <= 0) {
            action.run();
            return;
        }
        thread.schedule(Duration.ofMillis(Math.min(wait, LONGEST_TIMER_MS)), () -> {
            if (live.phase == phase) {
                wakeAt(live, phase, atMs, action);
            }
        });
    }

    /** Puts a task at the end of its key's lane; a task without a key, or the first of its key, is ready at once. */
    private void joinLane(LiveTask live, boolean ready) {
        live.enter(LiveTask.Phase.WAITING);
        if (live.home.joinLane(live) && ready) {
            attempts.enter(live);
        }
    }

    // ---- what follows from an attempt ----

    private void settle(LiveTask live, Outcome outcome) {
        live.enter(LiveTask.Phase.SETTLING);
        if (outcome.error() != null) {
            live.lastError = outcome.error().length() <= 1_000
                    ? outcome.error()
                    : outcome.error().substring(0, 1_000);
        }
        switch (outcome.verdict()) {
            case DONE -> finish(live, TaskState.SUCCEEDED, outcome.result());
            case GIVE_UP -> finish(live, TaskState.DEAD, null);
            case RETRY -> {
                if (live.cancelWished) {
                    finish(live, TaskState.CANCELLED, null);
                } else if (live.attempts >= live.task.retry().maxAttempts()) {
                    finish(live, TaskState.DEAD, null);
                } else {
                    retryLater(live, outcome.retryAfter());
                }
            }
        }
    }

    private void retryLater(LiveTask live, @Nullable Duration asked) {
        metrics.retried();
        long wait = live.task.retry().waitMs(live.attempts, ThreadLocalRandom.current());
        if (asked != null) {
            // honoured up to the longest wait the sender agreed to, or a minute
            long most = Math.max(60_000, live.task.retry().maxBackoffMs());
            wait = Math.max(wait, Math.min(asked.toMillis(), most));
        }
        live.nextAttemptAtMs = clock.millis() + wait;
        statuses.write(live, TaskState.RETRYING, true, null, () -> {
            if (live.cancelWished) {
                live.enter(LiveTask.Phase.SETTLING);
                finish(live, TaskState.CANCELLED, null);
            } else {
                awaitRetry(live);
            }
        });
    }

    private void finish(LiveTask live, TaskState state, @Nullable String result) {
        // a dead letter carries its task, so that it can be replayed
        statuses.write(live, state, state == TaskState.DEAD, result, () -> {
            metrics.ended(state.name());
            LiveTask next = holdings.release(live);
            OwnedPartition home = live.home;
            if (live.cancelWished) {
                taskLog.append(home.number, TaskLog.CANCEL + live.task.id(), null);
            }
            // a parked successor that is itself retrying has its own timer
            if (next != null && next.phase == LiveTask.Phase.WAITING) {
                attempts.enter(next);
            }
            holdings.publish(home);
        });
    }

    // ---- what others ask for ----

    private void cancel(int partition, TaskId id) {
        OwnedPartition owned = holdings.find(partition);
        if (owned == null || owned.stage != OwnedPartition.Stage.OWNED) {
            return; // the wish stays in the log for whoever owns it next
        }
        LiveTask live = owned.live.get(id);
        if (live != null) {
            live.cancelWished = true;
            switch (live.phase) {
                case DELAYED, WAITING, RETRYING -> {
                    live.enter(LiveTask.Phase.SETTLING);
                    finish(live, TaskState.CANCELLED, null);
                }
                case RUNNING -> statuses.writeAgain(live);
                case SETTLING, GONE -> {} // its own status is on its way and answers
            }
            return;
        }
        TaskEntry known = table.find(id);
        if (known != null && known.partition() == partition && known.isHearsay()) {
            statuses.cancelUnread(owned, known);
        }
        taskLog.append(partition, TaskLog.CANCEL + id, null);
    }

    /** A fenced worker wrote this task's status behind ours: ours goes behind it again. */
    private void assertAgain(int partition, TaskId id) {
        OwnedPartition owned = holdings.find(partition);
        if (owned == null || !owned.mayWrite()) {
            return;
        }
        metrics.fenced();
        LiveTask live = owned.live.get(id);
        if (live != null) {
            if (live.phase != LiveTask.Phase.SETTLING) {
                statuses.writeAgain(live);
            }
            return;
        }
        TaskEntry known = table.find(id);
        if (known != null && !known.isHearsay() && known.partition() == partition) {
            statuses.repeat(owned, known);
        }
    }

    // ---- from time to time ----

    private void tick() {
        try {
            long now = System.nanoTime();
            // also those who look from another process see that it runs
            attempts.forEachSlow(now, statuses::writeAgain);
            for (OwnedPartition owned : holdings.all()) {
                if (owned.stage == OwnedPartition.Stage.OWNED) {
                    relieve(owned, now);
                    holdings.publish(owned);
                }
            }
            attempts.tick(now);
            showLoad();
        } finally {
            thread.schedule(TICK, this::tick);
        }
    }

    /** Parks the oldest unsafe tasks of a window that they hold back for long. */
    private void relieve(OwnedPartition owned, long now) {
        OffsetWindow<LiveTask> window = owned.window;
        if (window.span() < properties.window() / 2) {
            return;
        }
        for (LiveTask live : window.oldest(PARK_AT_ONCE)) {
            boolean stuck = now - live.phaseSinceNanos > STUCK_AFTER.toNanos()
                    && (live.phase != LiveTask.Phase.WAITING || live.gate.isHoldingBack() || owned.isHeldByKey(live));
            if (!stuck) {
                return; // only a prefix may be parked, or a take-over would find a key out of order
            }
            if (live.phase != LiveTask.Phase.SETTLING) {
                statuses.park(live);
            }
        }
    }

    private void showLoad() {
        holdings.show();
        attempts.show();
    }

    /** Returns, by partition, the highest offset below which statuses may be forgotten. */
    Map<Integer, Long> ownedPartitions() {
        return holdings.committable();
    }

    @Override
    public void close() {
        table.listener(null);
        thread.close();
    }
}
