package dev.moa.monitor.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.moa.monitor.MovedClock;
import dev.moa.monitor.Reports;
import dev.moa.monitor.alert.AlertProperties.Metric;
import dev.moa.monitor.alert.AlertProperties.Rule;
import dev.moa.monitor.alert.Alerts.State;
import dev.moa.monitor.minute.MethodKey;
import dev.moa.monitor.minute.ProcessMinute;
import dev.moa.monitor.store.Changes;
import dev.moa.monitor.store.MinuteStore;
import dev.moa.monitor.store.StoreProperties;
import dev.moa.sdk.stats.CallSide;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;

class AlertsTests {
    private static final MethodKey GET = new MethodKey("/service/user", "get", CallSide.SERVER);
    private static final int MINUTE = 29_000_000;

    @TempDir
    Path directory;

    private MinuteStore store;
    private final MovedClock clock = new MovedClock(0);

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
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static Rule rule(Metric metric, Double min, Double max, int minutes) {
        return new Rule("r", "/service/user", null, "server", metric, min, max, minutes);
    }

    private Alerts alerts(Rule... rules) {
        return new Alerts(new AlertProperties(List.of(rules)), store, clock);
    }

    /** A minute with a process that reports, and calls; then its evaluation. */
    private Alerts.Alert after(Alerts alerts, int minute, int calls, int failures, long nanos) {
        Changes changes = new Changes();
        changes.add(minute, ProcessMinute.of(Reports.of("a").calls(1, minute * 60_000L, 1, 0, 1), minute * 60_000L));
        if (calls > 0) {
            changes.tally(GET, minute).add(Reports.method("get", CallSide.SERVER, calls, failures, nanos));
        }
        store.write(changes);
        clock.millis = (minute + 1) * 60_000L + 30_000;
        alerts.evaluate();
        return alerts.answer().alerts().get(0);
    }

    @Test
    void aRuleFiresAndResolves() {
        Alerts alerts = alerts(rule(Metric.ERROR_RATIO, null, 0.1, 1));

        assertThat(alerts.answer().alerts().get(0).state()).isEqualTo(State.UNKNOWN);
        assertThat(after(alerts, MINUTE, 100, 5, 1_000).state()).isEqualTo(State.OK);
        assertThat(after(alerts, MINUTE + 1, 100, 20, 1_000)).satisfies(alert -> {
            assertThat(alert.state()).isEqualTo(State.FIRING);
            assertThat(alert.value()).isEqualTo(0.2);
            assertThat(alert.sinceMs()).isEqualTo((MINUTE + 1) * 60_000L);
        });
        assertThat(alerts.firing()).isEqualTo(1);
        assertThat(after(alerts, MINUTE + 2, 100, 0, 1_000).state()).isEqualTo(State.RESOLVED);
        assertThat(alerts.answer().history())
                .extracting(Alerts.Change::state)
                .containsExactly(State.RESOLVED, State.FIRING);
    }

    @Test
    void oneWrongMinuteIsNotThree() {
        Alerts alerts = alerts(rule(Metric.P99, null, 50.0, 3));

        assertThat(after(alerts, MINUTE, 10, 0, 100_000_000).state()).isEqualTo(State.UNKNOWN);
        assertThat(after(alerts, MINUTE + 1, 10, 0, 1_000_000).state()).isEqualTo(State.OK);
        assertThat(after(alerts, MINUTE + 2, 10, 0, 100_000_000).state()).isEqualTo(State.OK);
        assertThat(after(alerts, MINUTE + 3, 10, 0, 100_000_000).state()).isEqualTo(State.OK);
        assertThat(after(alerts, MINUTE + 4, 10, 0, 100_000_000).state()).isEqualTo(State.FIRING);
    }

    @Test
    void trafficThatStopsIsSeenByTheLeastRate() {
        Alerts alerts = alerts(rule(Metric.RATE, 1.0, null, 1));

        assertThat(after(alerts, MINUTE, 600, 0, 1_000).value()).isEqualTo(10.0);
        assertThat(after(alerts, MINUTE + 1, 0, 0, 0).state()).isEqualTo(State.FIRING);
    }

    @Test
    void aMinuteWithoutAnyReportDecidesNothing() {
        Alerts alerts = alerts(rule(Metric.RATE, 1.0, null, 1));
        after(alerts, MINUTE, 600, 0, 1_000);

        clock.millis += 120_000;
        alerts.evaluate();

        assertThat(alerts.answer().alerts().get(0).state()).isEqualTo(State.OK);
    }

    @Test
    void aRuleWithoutLimitIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rule(Metric.RATE, null, null, 1))
                .withMessageContaining("expected: min, max or both");
    }
}
