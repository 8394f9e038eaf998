package dev.moa.sdk.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class StatisticsReporterTests {
    private static final ServiceName USER = ServiceName.of("/service/user");

    private final Statistics statistics = Statistics.create();
    private final ListeningMonitor monitor = new ListeningMonitor();
    private final MovedClock clock = new MovedClock();

    @Test
    void unsentReportsAreKeptAndDeliveredLateInOrder() throws InterruptedException {
        StatisticsReporter reporter = reporter().build();
        monitor.answer = StatusCode.UNAVAILABLE;

        for (int i = 0; i < 3; i++) {
            call("get");
            clock.millis += 60_000;
            reporter.closeDelta();
            reporter.sendBuffered(inTenSeconds());
        }

        assertThat(reporter.bufferedReports()).isEqualTo(3);
        monitor.answer = StatusCode.OK;
        reporter.sendBuffered(inTenSeconds());
        assertThat(reporter.bufferedReports()).isZero();
        assertThat(monitor.taken).extracting(StatisticsReport::seq).containsExactly(1L, 2L, 3L);
        assertThat(monitor.taken)
                .allSatisfy(report -> assertThat(report.methods())
                        .singleElement()
                        .satisfies(method -> assertThat(method.count()).isEqualTo(1)));
        assertThat(monitor.taken).extracting(StatisticsReport::bootId).containsOnly(reporter.bootId());
    }

    @Test
    void theOldestIsDroppedAndCountedWhenTheBufferIsFull() throws InterruptedException {
        StatisticsReporter reporter = reporter().maxBufferedBytes(64 * 1024).build();
        monitor.answer = StatusCode.UNAVAILABLE;

        for (int i = 0; i < 1_000; i++) {
            call("get");
            clock.millis += 60_000;
            reporter.closeDelta();
        }

        assertThat(reporter.bufferedBytes()).isLessThanOrEqualTo(64 * 1024);
        assertThat(reporter.droppedReports()).isPositive();
        assertThat(reporter.droppedReports() + reporter.bufferedReports()).isEqualTo(1_000);
        monitor.answer = StatusCode.OK;
        reporter.closeDelta();
        reporter.close();
        reporter.sendBuffered(inTenSeconds());
        assertThat(monitor.taken.get(monitor.taken.size() - 1).droppedReports()).isPositive();
        assertThat(monitor.taken.get(monitor.taken.size() - 1).seq()).isEqualTo(1_001);
    }

    @Test
    void whatWaitsIsKeptAsOneReportAMinute() throws InterruptedException {
        StatisticsReporter reporter = reporter().build();
        monitor.answer = StatusCode.UNAVAILABLE;
        call("first");
        reporter.closeDelta();
        reporter.sendBuffered(inTenSeconds());

        for (int i = 0; i < 18; i++) {
            call("get");
            call(i % 2 == 0 ? "even" : "odd");
            clock.millis += 10_000;
            reporter.closeDelta();
        }

        // the one that was on its way stays as it is; the monitor may have it
        assertThat(reporter.bufferedReports()).isEqualTo(4);
        monitor.answer = StatusCode.OK;
        reporter.sendBuffered(inTenSeconds());
        assertThat(monitor.taken).extracting(StatisticsReport::seq).containsExactly(1L, 2L, 3L, 4L);
        assertThat(monitor.taken.get(0).methods()).hasSize(1);
        assertThat(monitor.taken.get(2).methods())
                .extracting(method -> method.method() + " " + method.count() + " " + method.bytesOut())
                .containsExactlyInAnyOrder("get 6 120", "even 3 60", "odd 3 60");
        assertThat(monitor.taken.stream()
                        .flatMap(report -> report.methods().stream())
                        .mapToLong(StatisticsReport.MethodDelta::count)
                        .sum())
                .isEqualTo(37);
    }

    @Test
    void aReportThatTheMonitorStumblesOverIsGivenUpAfterTenTimes() throws InterruptedException {
        StatisticsReporter reporter = reporter().build();
        monitor.answer = StatusCode.INTERNAL;
        reporter.closeDelta();

        for (int i = 0; i < 9; i++) {
            reporter.sendBuffered(inTenSeconds());
        }

        assertThat(reporter.bufferedReports()).isEqualTo(1);
        reporter.sendBuffered(inTenSeconds());
        assertThat(reporter.bufferedReports()).isZero();
        assertThat(reporter.refusedReports()).isEqualTo(1);
    }

    @Test
    void aReportThatTheMonitorCallsWrongDoesNotBlockTheNext() throws InterruptedException {
        StatisticsReporter reporter = reporter().build();
        monitor.answer = StatusCode.INVALID_ARGUMENT;

        reporter.closeDelta();
        reporter.sendBuffered(inTenSeconds());

        assertThat(reporter.bufferedReports()).isZero();
        assertThat(reporter.refusedReports()).isEqualTo(1);
    }

    @Test
    void aReportEndsAtTheMinutesEdge() {
        clock.millis = 60_000 * 1_000 + 55_000;
        StatisticsReporter reporter = reporter().build();

        clock.millis += 5_002;
        reporter.closeDelta();
        clock.millis += 10_000;
        reporter.closeDelta();
        monitor.answer = StatusCode.OK;
        reporter.close();
        sendAll(reporter);

        assertThat(monitor.taken)
                .hasSize(2)
                .allSatisfy(report -> assertThat(report.toMs() / 60_000).isEqualTo(report.fromMs() / 60_000));
    }

    @Test
    void manyMethodsGoInSeveralReports() {
        StatisticsReporter reporter = reporter().build();
        for (int i = 0; i < 600; i++) {
            call("m" + i);
        }

        reporter.closeDelta();
        reporter.close();
        sendAll(reporter);

        assertThat(monitor.taken).hasSize(4);
        assertThat(monitor.taken).extracting(StatisticsReport::seq).containsExactly(1L, 2L, 3L, 4L);
        assertThat(monitor.taken.stream()
                        .mapToInt(report -> report.methods().size())
                        .sum())
                .isEqualTo(600);
        assertThat(monitor.taken.stream().filter(report -> report.process() != null))
                .hasSize(1);
    }

    @Test
    void reportsByItselfFromItsOwnThread() {
        call("get");

        try (StatisticsReporter reporter = StatisticsReporter.builder(statistics, monitor::call)
                .app("tests")
                .interval(Duration.ofMillis(100))
                .build()
                .start()) {

            await().atMost(Duration.ofSeconds(5)).until(() -> reporter.sentReports() >= 2);
        }
        assertThat(monitor.threads).containsOnly("moa-statistics-1");
        assertThat(monitor.taken.stream().flatMap(report -> report.methods().stream()))
                .singleElement()
                .satisfies(method -> assertThat(method.count()).isEqualTo(1));
    }

    @Test
    void closeSendsWhatIsLeft() {
        StatisticsReporter reporter = StatisticsReporter.builder(statistics, monitor::call)
                .interval(Duration.ofMinutes(1))
                .build()
                .start();
        call("get");

        reporter.close();
        reporter.close();

        assertThat(monitor.taken).isNotEmpty();
        assertThat(monitor.taken.stream().flatMap(report -> report.methods().stream()))
                .hasSize(1);
    }

    @Test
    void closeDoesNotWaitLongForAMonitorThatDoesNotAnswer() {
        StatisticsReporter reporter = StatisticsReporter.builder(statistics, request -> new CompletableFuture<>())
                .interval(Duration.ofMillis(100))
                .build()
                .start();
        call("get");

        long start = System.nanoTime();
        reporter.close();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
    }

    private void call(String method) {
        statistics.record(USER, method, CallSide.CLIENT, StatusCode.OK, 1_000_000, 10, 20);
    }

    private StatisticsReporter.Builder reporter() {
        return StatisticsReporter.builder(statistics, monitor::call)
                .app("tests")
                .clock(clock);
    }

    private static long inTenSeconds() {
        return System.nanoTime() + 10_000_000_000L;
    }

    private static void sendAll(StatisticsReporter reporter) {
        try {
            reporter.sendBuffered(inTenSeconds());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Takes reports in memory and answers as told. */
    private static final class ListeningMonitor {
        final List<StatisticsReport> taken = new CopyOnWriteArrayList<>();
        final List<String> threads = new CopyOnWriteArrayList<>();
        volatile StatusCode answer = StatusCode.OK;

        CompletableFuture<CallResponse> call(CallRequest request) {
            assertThat(request.service()).isEqualTo(ServiceName.of("/service/monitor"));
            assertThat(request.method()).isEqualTo("report");
            threads.add(Thread.currentThread().getName());
            if (answer != StatusCode.OK) {
                return CompletableFuture.completedFuture(CallResponse.failure(null, answer, "told so"));
            }
            byte[] args = request.args().text().getBytes(java.nio.charset.StandardCharsets.UTF_8);
            taken.add(StatisticsReport.fromJson(Arrays.copyOfRange(args, 1, args.length - 1)));
            return CompletableFuture.completedFuture(CallResponse.success(null, Payload.json("{}")));
        }
    }

    private static final class MovedClock extends Clock {
        volatile long millis = 60_000 * 1_000;

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(millis);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
