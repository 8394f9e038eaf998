package dev.moa.monitor.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.monitor.MovedClock;
import dev.moa.monitor.Reports;
import dev.moa.monitor.live.LiveProperties;
import dev.moa.monitor.live.LiveWindow;
import dev.moa.monitor.registered.RegistryCount;
import dev.moa.monitor.store.MinuteStore;
import dev.moa.monitor.store.StoreProperties;
import dev.moa.sdk.stats.CallSide;
import dev.moa.sdk.stats.StatisticsReport;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;

class PrometheusTextTests {
    private final Totals totals = new Totals(3);
    private final MovedClock clock = new MovedClock(1_800_000_000_000L);
    private PrometheusText text;

    @TempDir
    Path directory;

    @BeforeEach
    void open() {
        MinuteStore unused = new MinuteStore(new StoreProperties(
                directory,
                Duration.ofDays(1),
                Duration.ofDays(1),
                10,
                DataSize.ofMegabytes(8),
                DataSize.ofMegabytes(4)));
        LiveWindow live = new LiveWindow(new LiveProperties(Duration.ofMinutes(5), DataSize.ofMegabytes(1)));
        text = new PrometheusText(
                totals, new StatsQuery(unused, live, new RegistryCount(List.of(), null, null, clock), clock));
    }

    @Test
    void totalsAreOfAllInstancesTogether() {
        totals.add(Reports.of("a").calls(1, 0, 10, 2, 3_000_000));
        totals.add(Reports.of("b").calls(1, 0, 5, 0, 30_000_000));

        assertThat(text.write())
                .contains("moa_calls_total{service=\"/service/user\",method=\"get\",side=\"server\"} 15\n")
                .contains(
                        "moa_errors_total{service=\"/service/user\",method=\"get\",side=\"server\",code=\"DEADLINE_EXCEEDED\"}"
                                + " 2\n")
                .contains("side=\"server\",le=\"0.0025\"} 0\n")
                .contains("side=\"server\",le=\"0.005\"} 10\n")
                .contains("side=\"server\",le=\"0.05\"} 15\n")
                .contains("side=\"server\",le=\"+Inf\"} 15\n")
                .contains("moa_call_duration_seconds_sum{service=\"/service/user\",method=\"get\",side=\"server\"}"
                        + " 0.18\n");
    }

    @Test
    void methodsPastTheLimitAreShownTogether() {
        totals.add(Reports.of("a").report(1, 0, Reports.many(10)));

        String written = text.write();

        assertThat(Pattern.compile("(?m)^moa_calls_total").matcher(written).results())
                .hasSize(4);
        assertThat(written).contains("moa_calls_total{service=\"(other)\",method=\"(other)\",side=\"server\"} 7\n");
    }

    @Test
    void promtoolFindsNothingWrong() throws Exception {
        String promtool = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, "promtool"))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst()
                .orElse(null);
        Assumptions.assumeTrue(promtool != null, "promtool is not installed (Debian package: prometheus)");
        totals.add(Reports.of("a").calls(1, 0, 10, 2, 3_000_000));
        totals.add(Reports.of("a")
                .report(
                        2,
                        0,
                        List.of(new StatisticsReport.MethodDelta(
                                "quo\"te",
                                "back\\slash",
                                CallSide.CLIENT,
                                0,
                                Map.of(77, 1L),
                                0,
                                0,
                                0,
                                new dev.moa.sdk.stats.LatencyHistogram()))));

        Process check = new ProcessBuilder(promtool, "check", "metrics")
                .redirectErrorStream(true)
                .start();
        try (var in = check.getOutputStream()) {
            in.write(text.write().getBytes(StandardCharsets.UTF_8));
        }

        String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(check.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(check.exitValue()).as(said).isZero();
        assertThat(said).isEmpty();
    }
}
