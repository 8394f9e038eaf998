package dev.moa.async.table;

import dev.moa.async.log.TaskLog;
import dev.moa.async.task.StateRecord;
import dev.moa.async.task.Task;
import dev.moa.async.task.TaskId;
import dev.moa.async.task.TaskState;
import dev.moa.async.task.TaskStatus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The statuses of all tasks, as the topic of states tells them in the order of its log; every process of the
 * broker and every worker holds a copy. What is in Kafka is the truth, this is a view of it.
 *
 * <p><b>Who may write a status.</b> Only the owner of the task's partition. A worker becomes the owner by
 * writing an {@link TaskLog#OWNER} record with an epoch one above the highest in the log and reading it back:
 * of two with the same epoch the first in the log won. Every reader of the log voids an entry whose epoch is
 * below the highest seen before it. So a worker that was paused, cut off or replaced cannot give a task a
 * second end, and all readers agree, because they read the same log. A void entry may still be the one that
 * compaction keeps; the owner is told and writes the true status again behind it.
 *
 * <p><b>Hearsay.</b> A task that is only in the topic of tasks is known from there, as queued. Any entry of
 * the topic of states beats hearsay. Workers never decide by it.
 *
 * <p>Safe for many threads; never blocks but in {@link #awaitApplied}.
 */
public final class TaskTable {

    /** What the owner of a partition must hear of. Called with the table's lock held: hand it on and return. */
    public interface OwnerListener {
        /** Someone wishes to cancel the task; {@code offset} is where the wish stands in the log. */
        void cancelWished(int partition, TaskId id, long offset);

        /** A fenced worker wrote a status of this task: the owner writes the true one again. */
        void voided(int partition, TaskId id);

        /** Another worker owns the partition now. */
        void ownerChanged(int partition, long epoch, String owner);
    }

    /** A terminal status in the order it came, so that the oldest are forgotten first. */
    public record Ended(TaskId id, long stateOffset, long atMs) {}

    private static final class Part {
        long applied;
        long epoch;
        String owner = "";
        final ArrayDeque<Ended> finished = new ArrayDeque<>();
        final Set<TaskId> cancelWishes = new LinkedHashSet<>();
    }

    private record Waiter(Predicate<TaskEntry> wanted, CompletableFuture<TaskEntry> future) {}

    private static final int MAX_WISHES = 10_000;

    private final Map<TaskId, TaskEntry> entries = new HashMap<>();
    private final Map<Integer, Part> parts = new HashMap<>();
    private final NavigableMap<DeadKey, TaskId> dead = new TreeMap<>();
    private final Map<TaskId, List<Waiter>> waiters = new HashMap<>();
    private final Map<String, EnumMap<TaskState, Integer>> byTarget = new HashMap<>();
    private final int maxFinished;
    private final int maxWaiting;
    private int waiting;
    private int finishedCount;
    private volatile @Nullable OwnerListener listener;

    public TaskTable(TableProperties properties) {
        // owners forget by tombstones; this bound holds even where no worker runs
        this.maxFinished = properties.keepFinished() + properties.keepFinished() / 2;
        this.maxWaiting = properties.maxWaiting();
    }

    /** Sets who hears of wishes and of changes of ownership. */
    public void listener(@Nullable OwnerListener newListener) {
        listener = newListener;
    }

    /** Returns what is known of a task; null if nothing is. */
    public synchronized @Nullable TaskEntry find(TaskId id) {
        return entries.get(id);
    }

    /** Notes a task that stands in the topic of tasks. Returns false if there is no room for it. */
    public synchronized boolean heard(Task task, int partition, long offset) {
        TaskEntry known = entries.get(task.id());
        if (known == null) {
            if (waiting >= maxWaiting) {
                return false;
            }
        } else if (known.status().life() > task.life()
                || (known.status().life() == task.life()
                        && (!known.isHearsay() || known.status().sequence() <= offset))) {
            return true;
        }
        put(new TaskEntry(TaskStatus.accepted(task, offset), partition, TaskEntry.HEARSAY, false), known);
        return true;
    }

    /** Returns whether there is room to note more waiting tasks. */
    public synchronized boolean hasRoom() {
        return waiting < maxWaiting;
    }

    /** Takes over a status that this process, the owner, has just written at {@code offset}. */
    public synchronized void wrote(int partition, long offset, TaskStatus status, boolean carriesTask) {
        TaskEntry known = entries.get(status.id());
        if (known == null || known.stateOffset() < offset) {
            put(new TaskEntry(stripped(status), partition, offset, carriesTask), known);
        }
    }

    /** Applies a record of the topic of states. */
    public synchronized void apply(int partition, long offset, String key, byte @Nullable [] value) {
        Part part = part(partition);
        if (key.equals(TaskLog.OWNER)) {
            if (value != null) {
                OwnerRecord owner = OwnerRecord.read(value);
                if (owner.epoch() > part.epoch) {
                    part.epoch = owner.epoch();
                    part.owner = owner.owner();
                    OwnerListener told = listener;
                    if (told != null) {
                        told.ownerChanged(partition, part.epoch, part.owner);
                    }
                }
            }
        } else if (key.startsWith(TaskLog.CANCEL)) {
            TaskId id = TaskId.parse(key.substring(TaskLog.CANCEL.length()));
            if (value == null) {
                part.cancelWishes.remove(id);
            } else if (part.cancelWishes.size() < MAX_WISHES) {
                part.cancelWishes.add(id);
                OwnerListener told = listener;
                if (told != null) {
                    told.cancelWished(partition, id, offset);
                }
            }
        } else {
            TaskId id = TaskId.parse(key);
            TaskEntry known = entries.get(id);
            if (value == null) {
                if (known != null
                        && known.partition() == partition
                        && known.stateOffset() < offset
                        && !known.isHearsay()) {
                    forget(known);
                }
            } else if (known == null || known.stateOffset() < offset) {
                StateRecord state = StateRecord.readWithoutTask(value);
                if (state.epoch() < part.epoch) {
                    OwnerListener told = listener;
                    if (told != null) {
                        told.voided(partition, id);
                    }
                } else if (known == null
                        || !known.isHearsay()
                        || known.status().life() <= state.status().life()) {
                    put(
                            new TaskEntry(stripped(state.status()), partition, offset, StateRecord.carriesTask(value)),
                            known);
                }
            }
        }
    }

    /** Notes that everything before {@code position} of the partition's log of states has been applied. */
    public synchronized void applied(int partition, long position) {
        Part part = part(partition);
        if (position > part.applied) {
            part.applied = position;
            notifyAll();
        }
    }

    /** Waits until everything before {@code position} has been applied; returns whether it was, in time. */
    public synchronized boolean awaitApplied(int partition, long position, long timeoutMs) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        while (part(partition).applied < position) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }

    /** Returns the highest epoch seen in a partition; 0 before anyone owned it. */
    public synchronized long epoch(int partition) {
        return part(partition).epoch;
    }

    /** Returns who owns a partition, by the log; empty before anyone did. */
    public synchronized String owner(int partition) {
        return part(partition).owner;
    }

    /** Returns the tasks of a partition that someone wishes to cancel and whose owner has not answered yet. */
    public synchronized List<TaskId> cancelWishes(int partition) {
        return List.copyOf(part(partition).cancelWishes);
    }

    /** Returns the entries of a partition that go on from the topic of states, in the order of that log. */
    public synchronized List<TaskEntry> parked(int partition) {
        List<TaskEntry> parked = new ArrayList<>();
        for (TaskEntry entry : entries.values()) {
            if (entry.partition() == partition
                    && entry.carriesTask()
                    && !entry.status().state().isTerminal()) {
                parked.add(entry);
            }
        }
        parked.sort(Comparator.comparingLong(TaskEntry::stateOffset));
        return parked;
    }

    /**
     * Returns finished tasks of a partition that are to be forgotten, oldest first, and takes them off the
     * list: those before {@code beforeMs}, and those beyond {@code keep}.
     *
     * @param below only tasks that were accepted before this offset, which is committed
     */
    public synchronized List<Ended> takeForgettable(int partition, int keep, long beforeMs, long below, int limit) {
        ArrayDeque<Ended> finished = part(partition).finished;
        List<Ended> taken = new ArrayList<>();
        while (taken.size() < limit) {
            Ended oldest = finished.peek();
            if (oldest == null) {
                break;
            }
            TaskEntry entry = entries.get(oldest.id());
            if (entry == null || entry.stateOffset() != oldest.stateOffset()) {
                finished.poll();
                continue;
            }
            if ((oldest.atMs() >= beforeMs && finished.size() <= keep)
                    || entry.status().sequence() >= below) {
                break;
            }
            finished.poll();
            taken.add(oldest);
        }
        return taken;
    }

    /** Returns dead letters of a partition that are to be forgotten, oldest first. */
    public synchronized List<Ended> forgettableDead(int partition, int keep, long beforeMs, int limit) {
        List<Ended> taken = new ArrayList<>();
        int excess = dead.size() - keep;
        for (Map.Entry<DeadKey, TaskId> letter : dead.entrySet()) {
            if (taken.size() >= limit || (letter.getKey().atMs() >= beforeMs && excess <= 0)) {
                break;
            }
            excess--;
            TaskEntry entry = entries.get(letter.getValue());
            if (entry != null && entry.partition() == partition) {
                taken.add(new Ended(
                        letter.getValue(), entry.stateOffset(), letter.getKey().atMs()));
            }
        }
        return taken;
    }

    /** Drops hearsay of a partition below {@code committed}: such a task has had its status, and it was forgotten since. */
    public synchronized int dropStaleHearsay(int partition, long committed) {
        int dropped = 0;
        for (TaskEntry entry : List.copyOf(entries.values())) {
            if (entry.partition() == partition
                    && entry.isHearsay()
                    && entry.status().sequence() < committed) {
                forget(entry);
                dropped++;
            }
        }
        return dropped;
    }

    /** Returns a stage that ends when the task's entry is as wanted; the caller sets a timeout. */
    public synchronized CompletableFuture<TaskEntry> await(TaskId id, Predicate<TaskEntry> wanted) {
        TaskEntry known = entries.get(id);
        if (known != null && wanted.test(known)) {
            return CompletableFuture.completedFuture(known);
        }
        CompletableFuture<TaskEntry> future = new CompletableFuture<>();
        Waiter waiter = new Waiter(wanted, future);
        waiters.computeIfAbsent(id, i -> new ArrayList<>(1)).add(waiter);
        future.whenComplete((entry, failure) -> {
            synchronized (this) {
                List<Waiter> ofTask = waiters.get(id);
                if (ofTask != null && ofTask.remove(waiter) && ofTask.isEmpty()) {
                    waiters.remove(id);
                }
            }
        });
        return future;
    }

    /**
     * Returns dead letters, latest first.
     *
     * @param cursor where to go on, as {@link #cursorOf} gave it; null for the start
     */
    public synchronized List<TaskEntry> dead(@Nullable String cursor, int limit, Predicate<TaskEntry> wanted) {
        NavigableMap<DeadKey, TaskId> from = dead;
        if (cursor != null) {
            int dot = cursor.indexOf('.');
            if (dot < 0) {
                throw new IllegalArgumentException(
                        "cursor: '%s' (expected: the 'next' of the page before)".formatted(cursor));
            }
            from = dead.headMap(
                    new DeadKey(Long.parseLong(cursor.substring(0, dot)), TaskId.parse(cursor.substring(dot + 1))),
                    false);
        }
        List<TaskEntry> page = new ArrayList<>();
        for (TaskId id : from.descendingMap().values()) {
            TaskEntry entry = entries.get(id);
            if (entry != null && wanted.test(entry)) {
                page.add(entry);
                if (page.size() == limit) {
                    break;
                }
            }
        }
        return page;
    }

    /** Returns the cursor that goes on after this dead letter. */
    public static String cursorOf(TaskEntry entry) {
        return entry.status().updatedAtMs() + "." + entry.status().id();
    }

    /** Returns how many dead letters there are. */
    public synchronized int deadCount() {
        return dead.size();
    }

    /** Returns how many tasks wait or run. */
    public synchronized int waitingCount() {
        return waiting;
    }

    /** Returns how many tasks are kept though they are over. */
    public synchronized int finishedCount() {
        return finishedCount;
    }

    /** Returns, by target, how many tasks stand in each state that is not terminal. */
    public synchronized Map<String, Map<TaskState, Integer>> countsByTarget() {
        Map<String, Map<TaskState, Integer>> copy = new TreeMap<>();
        byTarget.forEach((target, counts) -> copy.put(target, Map.copyOf(counts)));
        return copy;
    }

    /** Returns, by target, when the oldest task that waits and is due was accepted. */
    public synchronized Map<String, Long> oldestByTarget() {
        Map<String, Long> oldest = new HashMap<>();
        for (TaskEntry entry : entries.values()) {
            TaskStatus status = entry.status();
            if (!status.state().isTerminal() && status.state() != TaskState.DELAYED) {
                oldest.merge(status.target(), status.createdAtMs(), Math::min);
            }
        }
        return oldest;
    }

    private void put(TaskEntry entry, @Nullable TaskEntry before) {
        if (before != null) {
            uncount(before);
        }
        TaskStatus status = entry.status();
        entries.put(status.id(), entry);
        TaskState state = status.state();
        if (state == TaskState.DEAD) {
            dead.put(new DeadKey(status.updatedAtMs(), status.id()), status.id());
        } else if (state.isTerminal()) {
            finishedCount++;
            part(entry.partition()).finished.add(new Ended(status.id(), entry.stateOffset(), status.updatedAtMs()));
            if (finishedCount > maxFinished) {
                dropOldestFinished(entry.partition());
            }
        } else {
            waiting++;
            byTarget.computeIfAbsent(status.target(), t -> new EnumMap<>(TaskState.class))
                    .merge(state, 1, Integer::sum);
        }
        wake(entry);
    }

    private void wake(TaskEntry entry) {
        List<Waiter> ofTask = waiters.get(entry.status().id());
        if (ofTask != null) {
            for (Waiter waiter : List.copyOf(ofTask)) {
                if (waiter.wanted().test(entry)) {
                    waiter.future().completeAsync(() -> entry);
                }
            }
        }
    }

    private void dropOldestFinished(int partition) {
        Iterator<Ended> finished = part(partition).finished.iterator();
        while (finished.hasNext() && finishedCount > maxFinished) {
            Ended oldest = finished.next();
            finished.remove();
            TaskEntry entry = entries.get(oldest.id());
            if (entry != null && entry.stateOffset() == oldest.stateOffset()) {
                forget(entry);
            }
        }
    }

    private void forget(TaskEntry entry) {
        uncount(entry);
        entries.remove(entry.status().id());
    }

    private void uncount(TaskEntry entry) {
        TaskStatus status = entry.status();
        TaskState state = status.state();
        if (state == TaskState.DEAD) {
            dead.remove(new DeadKey(status.updatedAtMs(), status.id()));
        } else if (state.isTerminal()) {
            finishedCount--;
        } else {
            waiting--;
            EnumMap<TaskState, Integer> counts = byTarget.get(status.target());
            if (counts != null) {
                counts.computeIfPresent(state, (s, n) -> n == 1 ? null : n - 1);
                if (counts.isEmpty()) {
                    byTarget.remove(status.target());
                }
            }
        }
    }

    /** Returns the status without what is only asked for one task at a time, and then read from Kafka. */
    private static TaskStatus stripped(TaskStatus status) {
        return new TaskStatus(
                status.id(),
                status.life(),
                status.state(),
                status.attempts(),
                status.sequence(),
                null,
                status.target().intern(),
                status.createdAtMs(),
                status.updatedAtMs(),
                status.nextAttemptAtMs(),
                null,
                null);
    }

    private Part part(int partition) {
        return parts.computeIfAbsent(partition, p -> new Part());
    }

    /**
     * Who owns a partition.
     *
     * @param epoch one above the owner before
     * @param owner a name that no other process and no other time of this process has
     */
    public record OwnerRecord(long epoch, String owner) {
        public byte[] write() {
            return (epoch + " " + owner).getBytes(StandardCharsets.UTF_8);
        }

        static OwnerRecord read(byte[] value) {
            String text = new String(value, StandardCharsets.UTF_8);
            int space = text.indexOf(' ');
            return new OwnerRecord(Long.parseLong(text.substring(0, space)), text.substring(space + 1));
        }
    }
}
