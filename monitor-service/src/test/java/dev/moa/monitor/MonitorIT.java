package dev.moa.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.protocol.client.MoaConnection;
import dev.moa.sdk.stats.CallSide;
import dev.moa.sdk.stats.Statistics;
import dev.moa.sdk.stats.StatisticsReporter;
import dev.moa.testkit.redis.RedisProcess;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The monitor with a real Redis, and with what can be killed. */
class MonitorIT {
    @TempDir
    Path directory;

    private RedisProcess redis;
    private final List<RunningMonitor> monitors = new ArrayList<>();
    private final long start = System.currentTimeMillis();

    @BeforeEach
    void startRedis() throws Exception {
        redis = new RedisProcess(directory).start();
    }

    @AfterEach
    void stopAll() throws Exception {
        for (RunningMonitor monitor : monitors) {
            monitor.close();
        }
        redis.close();
    }

    private RunningMonitor monitor(String... more) throws Exception {
        RunningMonitor monitor = RunningMonitor.start(redis.url(), directory.resolve("store"), more);
        monitors.add(monitor);
        return monitor;
    }

    private RunningMonitor monitorProcess() throws Exception {
        RunningMonitor monitor =
                RunningMonitor.startProcess(redis.url(), directory.resolve("store"), directory.resolve("monitor.log"));
        monitors.add(monitor);
        return monitor;
    }

    @Test
    void whatASdkReportsCanBeAsked() throws Exception {
        RunningMonitor monitor = monitor();
        Statistics statistics = Statistics.create();
        statistics.serves(ServiceName.of("/service/user"));
        try (MoaConnection connection = MoaConnection.open(
                                new InetSocketAddress("127.0.0.1", monitor.moaPort()), ConnectionOptions.defaults())
                        .get(5, TimeUnit.SECONDS);
                StatisticsReporter reporter = StatisticsReporter.builder(
                                statistics, request -> connection.call(request, Deadline.after(Duration.ofSeconds(2))))
                        .app("feed")
                        .instance("box:1")
                        .interval(Duration.ofMillis(200))
                        .build()
                        .start()) {
            for (int i = 0; i < 100; i++) {
                statistics.record(
                        ServiceName.of("/service/user"),
                        "get",
                        CallSide.SERVER,
                        i < 10 ? StatusCode.UNAVAILABLE : StatusCode.OK,
                        2_000_000,
                        10,
                        20);
            }

            await().atMost(Duration.ofSeconds(10)).until(() -> monitor.counted(start - 60_000) == 100);
            await().until(() -> reporter.sentReports() > 2);
            assertThat(connection
                            .call(
                                    CallRequest.of(StatisticsReporter.SERVICE, "$describe", Payload.NO_ARGUMENTS),
                                    Deadline.after(Duration.ofSeconds(5)))
                            .get(10, TimeUnit.SECONDS)
                            .resultOrThrow()
                            .text())
                    .contains("\"signature\":\"report(report: StatisticsReport): boolean\"");
        }

        JsonNode live = monitor.get("/v1/live?windowMs=60000").json();
        assertThat(live.path("reporting").asInt()).isEqualTo(1);
        assertThat(live.path("registered").isNull()).isTrue();
        JsonNode method = live.path("methods").path(0);
        assertThat(method.path("service").asString()).isEqualTo("/service/user");
        assertThat(method.path("count").asLong()).isEqualTo(100);
        assertThat(method.path("errors").asLong()).isEqualTo(10);
        assertThat(method.path("errorRatio").asDouble()).isEqualTo(0.1);
        assertThat(method.path("p99Ms").asDouble()).isBetween(1.98, 2.02);
        JsonNode stats =
                monitor.get("/v1/stats?service=/service/user&method=get").json();
        assertThat(stats.path("stepMs").asLong()).isEqualTo(60_000);
        JsonNode point = stats.path("series").path(0).path("points").path(0);
        assertThat(point.path("atMs").asLong() % 60_000).isZero();
        assertThat(point.path("codes").path("14").asLong()).isEqualTo(10);
        assertThat(monitor.get("/v1/services").body()).contains("/service/user", "\"get\"");
        JsonNode process = monitor.get("/v1/processes").json().path("processes").path(0);
        assertThat(process.path("app").asString()).isEqualTo("feed");
        assertThat(process.path("threads").asInt()).isPositive();
        assertThat(process.path("heapUsedBytes").asLong()).isPositive();
        assertThat(monitor.get("/v1/processes/history?instance=box:1")
                        .json()
                        .path("minutes")
                        .size())
                .isBetween(1, 2);
        assertThat(monitor.get("/v1/metrics").body())
                .contains("moa_calls_total{service=\"/service/user\",method=\"get\",side=\"server\"} 100");
        assertThat(monitor.get("/v1/alerts").json().path("alerts").size()).isZero();
        assertThat(monitor.get("/v3/api-docs").body()).contains("/v1/stats", "/v1/live");
    }

    @Test
    void wrongReportsAndWrongQuestionsAreRefusedInWords() throws Exception {
        RunningMonitor monitor = monitor();
        String good = new String(
                Reports.of("a").calls(1, start, 1, 0, 1_000).toJson(), java.nio.charset.StandardCharsets.UTF_8);

        assertThat(monitor.reportJson(good.replace("\"seq\":1", "\"seq\":-1")).toString())
                .contains("\"code\":3", "seq: -1 (expected: >= 0)");
        assertThat(monitor.reportJson(good.replace("\"latency\":\"A", "\"latency\":\"B"))
                        .toString())
                .contains("\"code\":3", "(expected: 1; report with an sdk of this version)");
        assertThat(monitor.reportJson("{}").toString()).contains("\"code\":3");
        assertThat(monitor.reportJson(good + "," + good).toString()).contains("\"code\":3");
        assertThat(monitor.get("/v1/stats?service=user").body()).contains("\"status\":400", "service: 'user'");
        assertThat(monitor.get("/v1/stats?from=5&to=3").status()).isEqualTo(400);
        assertThat(monitor.get("/v1/stats?from=0").body()).contains("at most 31");
        assertThat(monitor.get("/v1/stats?from=x").status()).isEqualTo(400);
        assertThat(monitor.get("/v1/live?windowMs=1").body()).contains("windowMs: 1 (expected: 1000 to 900000)");
        assertThat(monitor.counted(start - 60_000)).isZero();
    }

    @Test
    void noAcknowledgedReportIsLostOrCountedTwiceWhenTheMonitorIsKilled() throws Exception {
        RunningMonitor first = monitorProcess();
        AtomicLong acknowledged = new AtomicLong();
        AtomicBoolean killed = new AtomicBoolean();
        Reports process = Reports.of("a");
        Thread sender = new Thread(() -> {
            for (int seq = 1; !killed.get(); seq++) {
                try {
                    if (first.report(process.calls(seq, start, 1, 0, 1_000_000)) == 0) {
                        acknowledged.incrementAndGet();
                    }
                } catch (RuntimeException e) {
                    return; // the connection broke: nobody knows whether the last one was taken
                }
            }
        });
        sender.start();
        await().atMost(Duration.ofSeconds(20)).until(() -> acknowledged.get() > 1_000);

        killed.set(true);
        first.killHard();
        sender.join();
        RunningMonitor second = monitorProcess();
        // the SDK sends again what it does not know of
        long again = acknowledged.get();
        for (long seq = again - 20; seq <= again + 1; seq++) {
            assertThat(second.report(process.calls(seq, start, 1, 0, 1_000_000)))
                    .isZero();
        }

        await().atMost(Duration.ofSeconds(20)).until(() -> second.counted(start - 60_000) >= again + 1);
        await().until(() -> redis.commands().xlen("moa:monitor:reports") == 0);
        assertThat(second.counted(start - 60_000)).isEqualTo(again + 1);
    }

    @Test
    void withoutRedisItStartsAnswersAndRecoversByItself() throws Exception {
        RunningMonitor first = monitor();
        assertThat(reportUntilTaken(first, 1)).isZero();
        await().until(() -> first.counted(start - 60_000) == 7);
        first.close();
        redis.kill();

        RunningMonitor second = monitor();

        assertThat(second.counted(start - 60_000)).as("minutes survive").isEqualTo(7);
        assertThat(second.get("/actuator/health").status()).isEqualTo(503);
        assertThat(second.get("/actuator/health").body()).contains("Redis");
        assertThat(second.get("/actuator/health/readiness").status()).isEqualTo(200);
        assertThat(second.report(Reports.of("a").calls(2, start, 7, 0, 1_000))).isEqualTo(14);
        redis.start();
        assertThat(reportUntilTaken(second, 2)).isZero();
        await().atMost(Duration.ofSeconds(10)).until(() -> second.counted(start - 60_000) == 14);
        // and while it runs
        redis.kill();
        await().atMost(Duration.ofSeconds(10))
                .until(() -> second.report(Reports.of("a").calls(3, start, 7, 0, 1_000)) == 14);
        redis.start();
        assertThat(reportUntilTaken(second, 3)).isZero();
        await().atMost(Duration.ofSeconds(10)).until(() -> second.counted(start - 60_000) == 21);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> second.get("/actuator/health").status() == 200);
    }

    private int reportUntilTaken(RunningMonitor monitor, long seq) {
        await().atMost(Duration.ofSeconds(15))
                .until(() -> monitor.report(Reports.of("a").calls(seq, start, 7, 0, 1_000)) == 0);
        return 0;
    }

    @Test
    void aSecondMonitorDoesNotStartOnTheSameStoreAndOnlyTakesReportsOnAnother() throws Exception {
        RunningMonitor first = monitor();
        await().until(() -> first.get("/actuator/health").status() == 200);

        assertThatThrownBy(this::monitor).rootCause().hasMessageContaining("lock");

        RunningMonitor other = RunningMonitor.start(redis.url(), directory.resolve("other"));
        monitors.add(other);
        assertThat(reportUntilTaken(other, 1)).isZero();
        await().atMost(Duration.ofSeconds(10)).until(() -> first.counted(start - 60_000) == 7);
        assertThat(other.counted(start - 60_000)).isZero();
        assertThat(other.get("/actuator/health").body()).contains("another monitor");
        // the first leaves: the other goes on with what comes
        first.close();
        assertThat(reportUntilTaken(other, 2)).isZero();
        await().atMost(Duration.ofSeconds(15)).until(() -> other.counted(start - 60_000) == 7);
    }
}
