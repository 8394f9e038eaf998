package dev.moa.monitor.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.monitor.Reports;
import dev.moa.monitor.aggregate.Aggregator.Outcome;
import dev.moa.monitor.live.LiveProperties;
import dev.moa.monitor.live.LiveWindow;
import dev.moa.monitor.minute.MethodKey;
import dev.moa.monitor.store.MinuteStore;
import dev.moa.monitor.store.StoreProperties;
import dev.moa.monitor.stream.ReceivedReport;
import dev.moa.sdk.stats.CallSide;
import dev.moa.sdk.stats.StatisticsReport;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;

class AggregatorTests {
    private static final MethodKey GET = new MethodKey("/service/user", "get", CallSide.SERVER);
    private static final int MINUTE = 29_000_000;
    private static final long NOW = MINUTE * 60_000L + 30_000;

    @TempDir
    Path directory;

    private MinuteStore store;
    private LiveWindow live;
    private Aggregator aggregator;
    private final Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    private final List<StatisticsReport> counted = new ArrayList<>();

    @BeforeEach
    void open() {
        store = new MinuteStore(new StoreProperties(
                        directory,
                        Duration.ofDays(1),
                        Duration.ofDays(1),
                        100,
                        DataSize.ofMegabytes(8),
                        DataSize.ofMegabytes(4)))
                .start();
        live = new LiveWindow(new LiveProperties(Duration.ofMinutes(5), DataSize.ofMegabytes(16)));
        aggregator = new Aggregator(store, live, Duration.ofDays(1).toMillis(), new Aggregator.Listener() {
            @Override
            public void counted(StatisticsReport report) {
                counted.add(report);
            }

            @Override
            public void outcome(Outcome outcome, int reports) {
                outcomes.merge(outcome, reports, Integer::sum);
            }
        });
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static ReceivedReport at(long receivedMs, StatisticsReport report) {
        return new ReceivedReport(receivedMs + "-0", receivedMs, report.toJson());
    }

    private long countIn(int minute) {
        return store.byMinute(minute, minute).containsKey(GET)
                ? store.byMinute(minute, minute).get(GET).count()
                : 0;
    }

    @Test
    void whatIsDeliveredTwiceIsCountedOnceInABatchAndAfterARestart() {
        StatisticsReport first = Reports.of("a").calls(1, NOW - 10_000, 10, 1, 1_000_000);
        StatisticsReport second = Reports.of("a").calls(2, NOW, 5, 0, 1_000_000);

        aggregator.store(List.of(at(NOW, first), at(NOW, first), at(NOW + 1, second)));
        store.close();
        store.start();
        aggregator.store(List.of(at(NOW, first), at(NOW + 1, second)));

        assertThat(countIn(MINUTE)).isEqualTo(15);
        assertThat(outcomes).containsOnly(Map.entry(Outcome.STORED, 2), Map.entry(Outcome.DUPLICATE, 3));
        assertThat(counted).hasSize(2);
        assertThat(live.last(60_000, NOW + 1_000).methods().get(GET).count()).isEqualTo(15);
    }

    @Test
    void aLateReportGoesToItsOwnMinuteAndIsNotLive() {
        aggregator.store(List.of(at(NOW, Reports.of("a").calls(1, NOW - 3_600_000, 10, 0, 1_000_000))));

        assertThat(countIn(MINUTE)).isZero();
        assertThat(countIn(MINUTE - 60)).isEqualTo(10);
        assertThat(outcomes).containsOnly(Map.entry(Outcome.LATE, 1));
        assertThat(live.last(60_000, NOW).methods()).isEmpty();
    }

    @Test
    void aClockFarAheadIsCountedWhenItArrived() {
        aggregator.store(List.of(at(NOW, Reports.of("a").calls(1, NOW + 3_600_000, 10, 0, 1_000_000))));

        assertThat(countIn(MINUTE)).isEqualTo(10);
        assertThat(outcomes).containsOnly(Map.entry(Outcome.AHEAD, 1));
    }

    @Test
    void whatIsOlderThanAllMinutesIsLeftOut() {
        aggregator.store(List.of(at(
                NOW, Reports.of("a").calls(1, NOW - Duration.ofDays(2).toMillis(), 10, 0, 1_000_000))));

        assertThat(store.methods()).isEmpty();
        assertThat(outcomes).containsOnly(Map.entry(Outcome.TOO_OLD, 1));
    }

    @Test
    void whatIsNotAReportDoesNotStopTheOthers() {
        aggregator.store(List.of(
                new ReceivedReport("1-0", NOW, "{}".getBytes(StandardCharsets.UTF_8)),
                new ReceivedReport("2-0", NOW, new byte[0]),
                at(NOW, Reports.of("a").calls(1, NOW, 1, 0, 1_000_000))));

        assertThat(countIn(MINUTE)).isEqualTo(1);
        assertThat(outcomes).containsOnly(Map.entry(Outcome.STORED, 1), Map.entry(Outcome.UNREADABLE, 2));
    }

    @Test
    void percentilesAreThoseOfAllInstancesTogether() {
        aggregator.store(List.of(
                at(NOW, Reports.of("fast").calls(1, NOW, 990, 0, 1_000_000)),
                at(NOW, Reports.of("slow").calls(1, NOW, 10, 0, 100_000_000))));

        var tally = store.byMinute(MINUTE, MINUTE).get(GET);
        assertThat(tally.percentileMs(0.99)).isBetween(0.992, 1.008);
        assertThat(tally.percentileMs(0.999)).isBetween(99.2, 100.0);
        assertThat(store.processes(MINUTE, MINUTE)).hasSize(2);
    }
}
