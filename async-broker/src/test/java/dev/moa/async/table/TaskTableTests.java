package dev.moa.async.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.async.log.TaskLog;
import dev.moa.async.task.RetryPolicy;
import dev.moa.async.task.StateRecord;
import dev.moa.async.task.Target;
import dev.moa.async.task.Task;
import dev.moa.async.task.TaskId;
import dev.moa.async.task.TaskState;
import dev.moa.async.task.TaskStatus;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TaskTableTests {
    private final TaskTable table =
            new TaskTable(new TableProperties(10_000, Duration.ofHours(1), 10, Duration.ofHours(1), 3));
    private final List<String> heard = new ArrayList<>();

    @Test
    void statusOfAFormerOwnerIsVoid() {
        listen();
        Task task = task();
        owner(0, 1, "a");
        state(1, 1, task, TaskState.RETRYING, 1);
        owner(2, 2, "b");
        state(3, 2, task, TaskState.SUCCEEDED, 2);

        state(4, 1, task, TaskState.DEAD, 2);

        assertThat(find(task).status().state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(heard).containsExactly("owner 1 a", "owner 2 b", "void " + task.id());
    }

    @Test
    void ofTwoOwnersWithTheSameEpochTheFirstInTheLogWon() {
        owner(0, 1, "a");
        owner(1, 1, "b");

        assertThat(table.owner(0)).isEqualTo("a");
    }

    @Test
    void writtenStatusIsNotUndoneByWhatStandsBeforeItInTheLog() {
        Task task = task();
        table.wrote(0, 5, status(task, TaskState.SUCCEEDED, 1), false);

        state(4, 0, task, TaskState.RUNNING, 1);
        state(5, 0, task, TaskState.SUCCEEDED, 1);

        assertThat(find(task).status().state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(find(task).stateOffset()).isEqualTo(5);
    }

    @Test
    void anyStatusBeatsHearsayAndHearsayOfANewLifeBeatsADeadLetter() {
        Task task = task();
        table.heard(task, 0, 7);
        assertThat(find(task).status().state()).isEqualTo(TaskState.QUEUED);

        state(0, 0, task, TaskState.DEAD, 1);
        table.heard(task, 0, 7);
        assertThat(find(task).status().state()).isEqualTo(TaskState.DEAD);
        assertThat(table.deadCount()).isEqualTo(1);

        table.heard(task.replayed(2, 5), 0, 9);
        state(0, 0, task, TaskState.DEAD, 1);

        assertThat(find(task).status().state()).isEqualTo(TaskState.QUEUED);
        assertThat(find(task).status().life()).isEqualTo(2);
        assertThat(table.deadCount()).isZero();
    }

    @Test
    void tombstoneForgetsOnlyWhatStandsBeforeIt() {
        Task task = task();
        state(3, 0, task, TaskState.SUCCEEDED, 1);

        table.apply(0, 2, task.id().toString(), null);
        assertThat(table.find(task.id())).isNotNull();
        table.apply(0, 4, task.id().toString(), null);

        assertThat(table.find(task.id())).isNull();
        assertThat(table.finishedCount()).isZero();
    }

    @Test
    void parkedTasksAreThoseThatCarryTheirTaskAndHaveNotEnded() {
        Task parked = task();
        Task running = task();
        Task dead = task();
        table.apply(
                0,
                0,
                parked.id().toString(),
                new StateRecord(0, status(parked, TaskState.RETRYING, 1), parked).write());
        table.apply(
                0, 1, running.id().toString(), new StateRecord(0, status(running, TaskState.RUNNING, 1), null).write());
        table.apply(0, 2, dead.id().toString(), new StateRecord(0, status(dead, TaskState.DEAD, 1), dead).write());

        assertThat(table.parked(0)).extracting(e -> e.status().id()).containsExactly(parked.id());
        assertThat(table.parked(1)).isEmpty();
    }

    @Test
    void onlySoManyWaitingTasksAreKnownOneByOne() {
        for (int i = 0; i < 3; i++) {
            assertThat(table.heard(task(), 0, i)).isTrue();
        }

        assertThat(table.hasRoom()).isFalse();
        assertThat(table.heard(task(), 0, 3)).isFalse();
        assertThat(table.waitingCount()).isEqualTo(3);
    }

    @Test
    void forgettingKeepsTheYoungestAndWhatIsNotCommitted() {
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Task task = task();
            tasks.add(task);
            table.heard(task, 0, i);
            TaskStatus ended = new TaskStatus(
                    task.id(), 1, TaskState.SUCCEEDED, 1, i, null, "http://t", 0, 100 + i, 0, null, null);
            table.wrote(0, i, ended, false);
        }

        List<TaskTable.Ended> taken = table.takeForgettable(0, 2, 0, 2, 100);

        assertThat(taken)
                .extracting(TaskTable.Ended::id)
                .containsExactly(tasks.get(0).id(), tasks.get(1).id());
        assertThat(table.takeForgettable(0, 2, 0, 100, 100))
                .extracting(TaskTable.Ended::id)
                .containsExactly(tasks.get(2).id());
        assertThat(table.takeForgettable(0, 2, 0, 100, 100)).isEmpty();
        assertThat(table.takeForgettable(0, 2, 104, 100, 100))
                .extracting(TaskTable.Ended::id)
                .containsExactly(tasks.get(3).id());
    }

    @Test
    void wishesToCancelStayUntilTheOwnerAnswers() {
        listen();
        TaskId id = task().id();
        table.apply(0, 0, TaskLog.CANCEL + id, new byte[] {'1'});

        assertThat(table.cancelWishes(0)).containsExactly(id);
        assertThat(heard).containsExactly("cancel " + id);

        table.apply(0, 1, TaskLog.CANCEL + id, null);

        assertThat(table.cancelWishes(0)).isEmpty();
    }

    @Test
    void deadLettersComeInPagesLatestFirst() {
        for (int i = 0; i < 5; i++) {
            Task task = task();
            TaskStatus ended =
                    new TaskStatus(task.id(), 1, TaskState.DEAD, 1, i, null, "http://t", 0, i, 0, null, null);
            table.wrote(0, i, ended, true);
        }

        List<TaskEntry> first = table.dead(null, 3, e -> true);
        List<TaskEntry> second = table.dead(TaskTable.cursorOf(first.get(2)), 3, e -> true);

        assertThat(first).extracting(e -> e.status().updatedAtMs()).containsExactly(4L, 3L, 2L);
        assertThat(second).extracting(e -> e.status().updatedAtMs()).containsExactly(1L, 0L);
        assertThat(table.forgettableDead(0, 3, 0, 100)).hasSize(2);
    }

    private void listen() {
        table.listener(new TaskTable.OwnerListener() {
            @Override
            public void cancelWished(int partition, TaskId id, long offset) {
                heard.add("cancel " + id);
            }

            @Override
            public void voided(int partition, TaskId id) {
                heard.add("void " + id);
            }

            @Override
            public void ownerChanged(int partition, long epoch, String owner) {
                heard.add("owner " + epoch + " " + owner);
            }
        });
    }

    private TaskEntry find(Task task) {
        TaskEntry entry = table.find(task.id());
        assertThat(entry).isNotNull();
        return entry;
    }

    private void owner(long offset, long epoch, String name) {
        table.apply(0, offset, TaskLog.OWNER, new TaskTable.OwnerRecord(epoch, name).write());
    }

    private void state(long offset, long epoch, Task task, TaskState state, int attempts) {
        table.apply(
                0, offset, task.id().toString(), new StateRecord(epoch, status(task, state, attempts), null).write());
    }

    private static TaskStatus status(Task task, TaskState state, int attempts) {
        return new TaskStatus(task.id(), task.life(), state, attempts, 7, task.key(), "http://t", 0, 1, 0, null, null);
    }

    private static Task task() {
        return task(null);
    }

    private static Task task(@Nullable String key) {
        return new Task(
                TaskId.create(null),
                1,
                key,
                0,
                0,
                new RetryPolicy(1, 1, 1),
                1_000,
                new Target.HttpTarget(URI.create("http://t/"), "POST", Map.of()),
                null,
                "",
                null,
                Map.of(),
                new byte[0]);
    }
}
