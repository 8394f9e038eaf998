package dev.moa.async.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.async.task.RetryPolicy;
import dev.moa.async.task.Target;
import dev.moa.async.task.Task;
import dev.moa.async.task.TaskId;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class TargetGateTests {
    private final WorkerProperties properties = new WorkerProperties(
            10,
            2,
            100,
            100,
            DataSize.ofMegabytes(1),
            3,
            Duration.ofSeconds(1),
            Duration.ofSeconds(4),
            Duration.ofMillis(300),
            Duration.ofMillis(200),
            Duration.ofSeconds(1));
    private final TargetGate gate = new TargetGate("http://target", properties);
    private final OwnedPartition partition = owned();

    @Test
    void bulkheadHoldsBackWhatIsTooMuch() {
        wait(3);

        assertThat(gate.take(0)).isNotNull();
        assertThat(gate.take(0)).isNotNull();
        assertThat(gate.take(0)).isNull();
        assertThat(gate.isHoldingBack()).isTrue();

        gate.ended(false, 0);

        assertThat(gate.take(0)).isNotNull();
    }

    @Test
    void deadTargetIsAskedByOneProbeAtATime() {
        wait(10);
        fail(0, 3);
        assertThat(gate.isOpen()).isTrue();
        assertThat(gate.take(ms(999))).isNull();

        assertThat(gate.take(ms(1_000))).isNotNull();
        assertThat(gate.take(ms(1_000))).isNull();

        Duration shut = gate.ended(true, ms(1_100));

        assertThat(shut).isEqualTo(Duration.ofSeconds(2));
        assertThat(gate.take(ms(3_099))).isNull();
        assertThat(gate.take(ms(3_100))).isNotNull();
        assertThat(gate.ended(false, ms(3_200))).isZero();
        assertThat(gate.isOpen()).isFalse();
        assertThat(gate.take(ms(3_200))).isNotNull();
        assertThat(gate.take(ms(3_200))).isNotNull();
    }

    @Test
    void waitGrowsOnlySoFar() {
        wait(20);
        fail(0, 3);
        long now = 0;
        Duration shut = Duration.ofSeconds(1);
        for (int i = 0; i < 5; i++) {
            now += shut.toNanos();
            assertThat(gate.take(now)).isNotNull();
            shut = gate.ended(true, now);
        }

        assertThat(shut).isEqualTo(Duration.ofSeconds(4));
    }

    @Test
    void targetThatAnswersNowAndThenStaysOpenForAll() {
        wait(20);
        for (int i = 0; i < 5; i++) {
            gate.take(0);
            gate.ended(true, 0);
            gate.take(0);
            gate.ended(false, 0);
        }

        assertThat(gate.isOpen()).isFalse();
    }

    @Test
    void cancelledTaskIsPassedOver() {
        LiveTask first = live();
        LiveTask second = live();
        gate.add(first);
        gate.add(second);
        first.enter(LiveTask.Phase.SETTLING);

        assertThat(gate.take(0)).isSameAs(second);
        assertThat(gate.isIdle(0, Duration.ofMinutes(1))).isFalse();
    }

    private void fail(long now, int times) {
        for (int i = 0; i < times; i++) {
            gate.take(now);
            gate.ended(true, now);
        }
    }

    private void wait(int tasks) {
        for (int i = 0; i < tasks; i++) {
            gate.add(live());
        }
    }

    private LiveTask live() {
        Task task = new Task(
                TaskId.create(null),
                1,
                null,
                0,
                0,
                new RetryPolicy(1, 1, 1),
                1_000,
                new Target.HttpTarget(URI.create("http://target/"), "POST", Map.of()),
                null,
                "",
                null,
                Map.of(),
                new byte[0]);
        return new LiveTask(task, partition, 0, gate);
    }

    private static OwnedPartition owned() {
        OwnedPartition owned = new OwnedPartition(0, 0);
        owned.stage = OwnedPartition.Stage.OWNED;
        return owned;
    }

    private static long ms(long ms) {
        return TimeUnit.MILLISECONDS.toNanos(ms);
    }
}
