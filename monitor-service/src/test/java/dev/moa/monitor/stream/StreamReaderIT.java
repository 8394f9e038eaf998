package dev.moa.monitor.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.testkit.redis.RedisProcess;
import io.lettuce.core.RedisClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to entries whose reader dies at the wrong moment. */
class StreamReaderIT {
    @TempDir
    Path directory;

    private RedisProcess redis;
    private RedisClient client;
    private ReportStream stream;

    @BeforeEach
    void startRedis() throws Exception {
        redis = new RedisProcess(directory).start();
        client = RedisClient.create(redis.url());
        stream = stream(200);
    }

    @AfterEach
    void stopAll() throws Exception {
        stream.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        redis.close();
    }

    private ReportStream stream(int maxReports) {
        return new ReportStream(
                () -> client, new StreamProperties(maxReports, 4, Duration.ofSeconds(1), Duration.ofMillis(1)));
    }

    private void append(int count) throws Exception {
        stream.connect();
        for (int i = 0; i < count; i++) {
            stream.append(Integer.toString(i).getBytes(StandardCharsets.UTF_8))
                    .toCompletableFuture()
                    .get();
        }
    }

    private static final class Collected implements StreamReader.Work {
        final List<String> all = new CopyOnWriteArrayList<>();
        final AtomicInteger crashes = new AtomicInteger();

        @Override
        public void store(List<ReceivedReport> reports) {
            for (ReceivedReport report : reports) {
                all.add(new String(report.json(), StandardCharsets.UTF_8));
            }
            if (crashes.getAndDecrement() > 0) {
                throw new IllegalStateException("killed between the disk and Redis");
            }
        }

        @Override
        public void idle() {}
    }

    @Test
    void whatWasStoredAndNotAcknowledgedComesAgainAndNothingElse() throws Exception {
        append(10);
        Collected work = new Collected();
        work.crashes.set(2);

        try (StreamReader reader = new StreamReader(stream, "s1", work, Clock.systemUTC())) {
            reader.start();
            await().atMost(Duration.ofSeconds(10)).until(() -> work.all.contains("9"));
            await().until(() -> redis.commands().xlen(ReportStream.KEY) == 0);
        }

        assertThat(work.all.stream().distinct()).hasSize(10);
        assertThat(work.all).hasSize(18);
    }

    @Test
    void whatADeadReaderWasGivenIsClaimed() throws Exception {
        append(6);
        assertThat(stream.holdLease("dead")).isNull();
        assertThat(stream.readNew("dead")).hasSize(4);
        stream.leaveLease("dead");
        Collected work = new Collected();

        try (StreamReader reader = new StreamReader(stream, "s2", work, Clock.systemUTC())) {
            reader.start();
            await().atMost(Duration.ofSeconds(10)).until(() -> work.all.size() == 6);
            await().until(() -> redis.commands().xlen(ReportStream.KEY) == 0);
        }

        assertThat(redis.commands().exists(ReportStream.LEASE_KEY)).isZero();
    }

    @Test
    void whileAnotherHoldsTheLeaseNothingIsRead() throws Exception {
        append(3);
        assertThat(stream.holdLease("first")).isNull();
        Collected work = new Collected();

        try (StreamReader reader = new StreamReader(stream, "second", work, Clock.systemUTC())) {
            reader.start();

            await().until(() -> String.valueOf(reader.problem()).contains("another monitor"));
            assertThat(work.all).isEmpty();
            stream.leaveLease("first");
            await().atMost(Duration.ofSeconds(5)).until(() -> work.all.size() == 3);
            await().until(() -> reader.problem() == null);
        }
    }

    @Test
    void anEmptiedRedisIsReadAgain() throws Exception {
        append(1);
        Collected work = new Collected();

        try (StreamReader reader = new StreamReader(stream, "s1", work, Clock.systemUTC())) {
            reader.start();
            await().atMost(Duration.ofSeconds(5)).until(() -> work.all.size() == 1);
            redis.commands().flushall();
            append(2);

            await().atMost(Duration.ofSeconds(10)).until(() -> work.all.size() == 3);
        }
    }

    @Test
    void aFullStreamTakesNoMoreAndTrimsNothing() throws Exception {
        append(200);
        stream.measure();

        assertThat(stream.append(new byte[1]).toCompletableFuture())
                .failsWithin(Duration.ofSeconds(1))
                .withThrowableThat()
                .withMessageContaining("200 reports wait to be counted (limit: 200");
        assertThat(redis.commands().xlen(ReportStream.KEY)).isEqualTo(200);
    }
}
