package dev.moa.monitor.alert;

import dev.moa.monitor.minute.MethodKey;
import dev.moa.monitor.minute.Tally;
import dev.moa.monitor.store.MinuteStore;
import dev.moa.sdk.stats.CallSide;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at each whole minute once, 30 seconds after its end, when its reports have come. In a minute in which
 * nobody reported at all nothing is decided: a monitor that hears nothing does not know that traffic stopped.
 *
 * <p>States live in memory: after a restart each rule is decided again within two minutes. Safe for many threads.
 */
public final class Alerts {
    private static final Logger log = LoggerFactory.getLogger(Alerts.class);
    private static final long SETTLE_MS = 30_000;
    private static final int MAX_HISTORY = 200;

    /** Where a rule stands. */
    public enum State {
        /** No whole minute has been looked at yet, or none with a report in it. */
        UNKNOWN,
        OK,
        FIRING,
        /** Was firing and is right again. */
        RESOLVED
    }

    /**
     * A rule and where it stands.
     *
     * @param value the value of the last whole minute; null where there was none
     * @param minuteMs the minute it was last decided for
     * @param sinceMs the minute its state began
     */
    public record Alert(
            String name,
            @Nullable String service,
            @Nullable String method,
            String side,
            AlertProperties.Metric metric,
            @Nullable Double min,
            @Nullable Double max,
            State state,
            @Nullable Double value,
            @Nullable Long minuteMs,
            @Nullable Long sinceMs) {}

    /** A change of state. */
    public record Change(String name, State state, @Nullable Double value, long minuteMs) {}

    /** All rules, and the last changes, newest first. */
    public record Answer(long atMs, List<Alert> alerts, List<Change> history) {}

    private static final class Watched {
        final AlertProperties.Rule rule;
        final CallSide side;
        State state = State.UNKNOWN;
        int streak;

        @Nullable
        Double value;

        @Nullable
        Long minuteMs;

        @Nullable
        Long sinceMs;

        Watched(AlertProperties.Rule rule) {
            this.rule = rule;
            this.side = CallSide.of(rule.side());
        }
    }

    private final MinuteStore store;
    private final Clock clock;
    private final List<Watched> watched;
    private final Deque<Change> history = new ArrayDeque<>();
    private int lastMinute;

    public Alerts(AlertProperties settings, MinuteStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
        this.watched = settings.rules().stream().map(Watched::new).toList();
    }

    /** Decides all rules if a whole minute has settled since the last time; cheap where none has. */
    public synchronized void evaluate() {
        int minute = (int) ((clock.millis() - SETTLE_MS) / 60_000) - 1;
        if (watched.isEmpty() || minute <= lastMinute) {
            return;
        }
        lastMinute = minute;
        if (store.processes(minute, minute).isEmpty()) {
            return;
        }
        Map<MethodKey, Tally> counted = store.byMinute(minute, minute);
        for (Watched each : watched) {
            decide(each, counted, minute * 60_000L);
        }
    }

    private void decide(Watched each, Map<MethodKey, Tally> counted, long minuteMs) {
        AlertProperties.Rule rule = each.rule;
        Tally tally = new Tally();
        counted.forEach((key, part) -> {
            if (key.side() == each.side
                    && (rule.service() == null || rule.service().equals(key.service()))
                    && (rule.method() == null || rule.method().equals(key.method()))) {
                tally.add(part);
            }
        });
        each.minuteMs = minuteMs;
        // without a call there is a rate, but no ratio and no percentile
        if (rule.metric() != AlertProperties.Metric.RATE && tally.count() == 0) {
            each.value = null;
            return;
        }
        double value = switch (rule.metric()) {
            case RATE -> Math.round(tally.count() / 60.0 * 1e3) / 1e3;
            case ERROR_RATIO -> Math.round(tally.errorRatio() * 1e6) / 1e6;
            case P99 -> tally.percentileMs(0.99);
        };
        each.value = value;
        boolean wrong = (rule.min() != null && value < rule.min()) || (rule.max() != null && value > rule.max());
        boolean firing = each.state == State.FIRING;
        if (each.state == State.UNKNOWN && !wrong) {
            turn(each, State.OK, minuteMs);
        } else if (wrong == firing) {
            each.streak = 0;
        } else if (++each.streak >= rule.minutes()) {
            turn(each, wrong ? State.FIRING : State.RESOLVED, minuteMs);
        }
    }

    private void turn(Watched each, State state, long minuteMs) {
        each.streak = 0;
        each.state = state;
        each.sinceMs = minuteMs;
        if (state == State.OK) {
            return;
        }
        history.addFirst(new Change(String.valueOf(each.rule.name()), state, each.value, minuteMs));
        if (history.size() > MAX_HISTORY) {
            history.removeLast();
        }
        log.warn(
                "Alert {}: {} (value {}, min {}, max {})",
                state,
                each.rule.name(),
                each.value,
                each.rule.min(),
                each.rule.max());
    }

    public synchronized Answer answer() {
        List<Alert> alerts = new ArrayList<>();
        for (Watched each : watched) {
            AlertProperties.Rule rule = each.rule;
            alerts.add(new Alert(
                    String.valueOf(rule.name()),
                    rule.service(),
                    rule.method(),
                    rule.side(),
                    rule.metric(),
                    rule.min(),
                    rule.max(),
                    each.state,
                    each.value,
                    each.minuteMs,
                    each.sinceMs));
        }
        return new Answer(clock.millis(), alerts, List.copyOf(history));
    }

    /** Returns how many rules fire. */
    public synchronized long firing() {
        return watched.stream().filter(each -> each.state == State.FIRING).count();
    }
}
