package dev.moa.async.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.moa.protocol.ServiceName;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TaskCodecTests {
    private final byte[] body = "[\"line\\n\",\n1]".getBytes(StandardCharsets.UTF_8);

    @Test
    void taskForAServiceComesBackAsItWas() {
        Task task = task(new Target.ServiceTarget(ServiceName.of("/service/user"), "get"));

        Task read = TaskCodec.read(TaskCodec.write(task));

        assertThat(read).usingRecursiveComparison().isEqualTo(task);
    }

    @Test
    void taskForAnEndpointComesBackAsItWas() {
        Task task = task(new Target.HttpTarget(URI.create("https://example.com/a%20b?c=d"), "PUT", Map.of("X-A", "1")));

        Task read = TaskCodec.read(TaskCodec.write(task));

        assertThat(read).usingRecursiveComparison().isEqualTo(task);
    }

    @Test
    void statusComesBackWithAndWithoutItsTask() {
        Task task = task(new Target.ServiceTarget(ServiceName.of("/service/user"), "get"));
        TaskStatus status = new TaskStatus(
                task.id(), 2, TaskState.RETRYING, 3, 17, "k", "/service/user", 1, 2, 3, "broken\nline", "{\"a\":1}");

        byte[] whole = new StateRecord(5, status, task).write();
        byte[] bare = new StateRecord(5, status, null).write();

        assertThat(StateRecord.read(whole)).usingRecursiveComparison().isEqualTo(new StateRecord(5, status, task));
        assertThat(StateRecord.read(bare)).isEqualTo(new StateRecord(5, status, null));
        assertThat(StateRecord.readWithoutTask(whole)).isEqualTo(new StateRecord(5, status, null));
        assertThat(StateRecord.carriesTask(whole)).isTrue();
        assertThat(StateRecord.carriesTask(bare)).isFalse();
    }

    @Test
    void idIsWrittenAndParsed() {
        TaskId id = TaskId.create("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        assertThat(id.toString())
                .startsWith("0af7651916cd43dd8448eb211c80319c-")
                .hasSize(49);
        assertThat(TaskId.parse(id.toString())).isEqualTo(id);
        assertThat(TaskId.ofDedupeKey("a")).isEqualTo(TaskId.ofDedupeKey("a")).isNotEqualTo(TaskId.ofDedupeKey("b"));
        assertThatIllegalArgumentException().isThrownBy(() -> TaskId.parse("x"));
        assertThatIllegalArgumentException().isThrownBy(() -> TaskId.parse("g".repeat(32) + "-" + "0".repeat(16)));
    }

    @Test
    void waitsGrowWithJitterUpToTheLongest() {
        RetryPolicy policy = new RetryPolicy(100, 1_000, 60_000);
        Random random = new Random(7);

        for (int attempt = 1; attempt <= 99; attempt++) {
            long full = attempt > 6 ? 60_000 : 1_000L << (attempt - 1);
            assertThat(policy.waitMs(attempt, random)).isBetween(full / 2, full);
        }
        assertThat(new RetryPolicy(100, 86_400_000, 86_400_000).waitMs(99, random))
                .isBetween(43_200_000L, 86_400_000L);
    }

    private Task task(Target target) {
        TaskId id = TaskId.create(null);
        return new Task(
                id,
                1,
                "k",
                1,
                2,
                new RetryPolicy(3, 4, 5),
                6,
                target,
                "app",
                TraceParent.orOf(id, null),
                "0.1",
                Map.of("lane", "blue"),
                body);
    }
}
