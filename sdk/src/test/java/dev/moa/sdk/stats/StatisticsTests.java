package dev.moa.sdk.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class StatisticsTests {
    private static final ServiceName USER = ServiceName.of("/service/user");

    @Test
    void aDeltaHoldsWhatWasRecordedSinceTheLastOne() {
        Statistics statistics = Statistics.create();
        MethodStatistics get = statistics.method(USER, "get", CallSide.SERVER);

        get.started();
        get.started();
        get.ended(StatusCode.OK, 1_000_000, 10, 100);
        get.record(StatusCode.DEADLINE_EXCEEDED, 3_000_000, 10, 0);

        assertThat(statistics.drain()).singleElement().satisfies(delta -> {
            assertThat(delta.service()).isEqualTo("/service/user");
            assertThat(delta.count()).isEqualTo(2);
            assertThat(delta.errors()).isEqualTo(1);
            assertThat(delta.codes()).isEqualTo(Map.of(4, 1L));
            assertThat(delta.inFlight()).isEqualTo(1);
            assertThat(delta.bytesIn()).isEqualTo(20);
            assertThat(delta.bytesOut()).isEqualTo(100);
            assertThat(delta.latency().maxNanos()).isEqualTo(3_000_000);
            assertThat(delta.latency().sumNanos()).isEqualTo(4_000_000);
        });
        get.ended(StatusCode.OK, 1, 0, 0);
        assertThat(statistics.drain())
                .singleElement()
                .satisfies(delta -> assertThat(delta.count()).isEqualTo(1));
        assertThat(statistics.drain()).isEmpty();
    }

    @Test
    void totalsGoOnOverReports() {
        Statistics statistics = Statistics.create();
        MethodStatistics get = statistics.method(USER, "get", CallSide.SERVER);

        get.record(StatusCode.OK, 1_000_000, 0, 0);
        get.record(StatusCode.INTERNAL, 5_000_000, 0, 0);
        statistics.drain();
        get.started();
        get.record(StatusCode.INTERNAL, 3_000_000, 0, 0);

        for (int i = 0; i < 2; i++) {
            MethodStatistics.Totals totals = get.totals();
            assertThat(totals.calls()).isEqualTo(3);
            assertThat(totals.errors()).isEqualTo(2);
            assertThat(totals.inFlight()).isEqualTo(1);
            assertThat(totals.latency().maxNanos()).isEqualTo(5_000_000);
            assertThat(totals.latency().sumNanos()).isEqualTo(9_000_000);
        }
        assertThat(statistics.drain())
                .singleElement()
                .satisfies(delta -> assertThat(delta.count()).isEqualTo(1));
        assertThat(get.totals().calls()).isEqualTo(3);
    }

    @Test
    void noCallIsLostOrCountedTwiceWhileDeltasAreTakenOut() throws InterruptedException {
        Statistics statistics = Statistics.create();
        MethodStatistics get = statistics.method(USER, "get", CallSide.CLIENT);
        int threads = 4;
        int each = 100_000;
        AtomicBoolean done = new AtomicBoolean();
        List<StatisticsReport.MethodDelta> deltas = new ArrayList<>();

        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Thread caller = new Thread(() -> {
                for (int n = 0; n < each; n++) {
                    get.record(StatusCode.of(n & 1), ThreadLocalRandom.current().nextLong(1 << 20), 1, 2);
                }
            });
            caller.start();
            callers.add(caller);
        }
        Thread reader = new Thread(() -> {
            while (!done.get()) {
                deltas.addAll(statistics.drain());
            }
        });
        reader.start();
        for (Thread caller : callers) {
            caller.join();
        }
        done.set(true);
        reader.join();
        deltas.addAll(statistics.drain());

        long all = (long) threads * each;
        assertThat(deltas.stream()
                        .mapToLong(StatisticsReport.MethodDelta::count)
                        .sum())
                .isEqualTo(all);
        assertThat(deltas.stream()
                        .mapToLong(StatisticsReport.MethodDelta::errors)
                        .sum())
                .isEqualTo(all / 2);
        assertThat(deltas.stream()
                        .mapToLong(StatisticsReport.MethodDelta::bytesOut)
                        .sum())
                .isEqualTo(all * 2);
    }

    @Test
    void methodsPastTheLimitAreCountedTogether() {
        Statistics statistics = Statistics.create(2);

        for (String method : List.of("a", "b", "c", "d")) {
            statistics.record(USER, method, CallSide.SERVER, StatusCode.OK, 1_000, 0, 0);
        }

        assertThat(statistics.drain())
                .extracting(StatisticsReport.MethodDelta::method)
                .containsExactlyInAnyOrder("a", "b", Statistics.OTHER);
        assertThat(statistics.refusedMethods()).isEqualTo(2);
    }

    @Test
    void recordingAllocatesNothing() {
        MethodStatistics get = Statistics.create().method(USER, "get", CallSide.SERVER);
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long[] times = new long[1024];
        for (int i = 0; i < times.length; i++) {
            times[i] = ThreadLocalRandom.current().nextLong(100_000, 10_000_000);
        }
        record(get, times, 1_000_000);

        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        long start = System.nanoTime();
        record(get, times, 5_000_000);
        long nanos = System.nanoTime() - start;
        long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;

        System.out.printf("started() and ended(): %.1f ns, %d bytes in 5,000,000 calls%n", nanos / 5e6, allocated);
        assertThat(allocated).isLessThan(10_000);
    }

    private static void record(MethodStatistics method, long[] times, int calls) {
        for (int i = 0; i < calls; i++) {
            method.started();
            method.ended(StatusCode.OK, times[i & 1023], 100, 200);
        }
    }

    @Test
    void aReportComesBackFromItsJson() {
        Statistics statistics = Statistics.create();
        statistics.record(USER, "get", CallSide.SERVER, StatusCode.UNAVAILABLE, 1_234_567, 3, 4);
        StatisticsReport report = new StatisticsReport(
                "boot",
                7,
                "feed-api",
                "box:1",
                60_000,
                70_000,
                1,
                2,
                statistics.services(),
                statistics.drain(),
                new ProcessProbe().look());

        StatisticsReport back = StatisticsReport.fromJson(report.toJson());

        assertThat(back).isEqualTo(report);
        assertThat(back.process())
                .isNotNull()
                .satisfies(process -> assertThat(process.threads()).isPositive());
    }

    @Test
    void wrongReportsAreRefusedInWords() {
        String good = new String(
                new StatisticsReport("b", 1, "app", "i", 0, 1, 0, 0, List.of(), List.of(), null).toJson(),
                StandardCharsets.UTF_8);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(good.replace("\"seq\":1", "\"seq\":-1")))
                .withMessageContaining("seq: -1 (expected: >= 0)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(good.replace("\"toMs\":1", "\"toMs\":-5")))
                .withMessageContaining("toMs: -5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(good.replace("\"b\"", "\"\"")))
                .withMessageContaining("bootId");
        assertThatIllegalArgumentException().isThrownBy(() -> parse(good.replace("\"seq\":1,", "")));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(good.replace("\"seq\":1,", "")))
                .withMessage("report.seq: missing, or of another type than expected");
        assertThatIllegalArgumentException().isThrownBy(() -> parse("[]"));
        assertThatIllegalArgumentException().isThrownBy(() -> parse("{"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StatisticsReport.fromJson(new byte[StatisticsReport.MAX_BYTES + 1]))
                .withMessageContaining("send several");
        assertThat(parse(good.replace("{\"bootId\"", "{\"new\":[1],\"bootId\"")).seq())
                .isEqualTo(1);
    }

    private static StatisticsReport parse(String json) {
        return StatisticsReport.fromJson(json.getBytes(StandardCharsets.UTF_8));
    }
}
