package dev.moa.monitor.aggregate;

import dev.moa.monitor.live.LiveWindow;
import dev.moa.monitor.minute.MethodKey;
import dev.moa.monitor.minute.ProcessMinute;
import dev.moa.monitor.minute.SeenReports;
import dev.moa.monitor.store.Changes;
import dev.moa.monitor.store.MinuteStore;
import dev.moa.monitor.stream.ReceivedReport;
import dev.moa.sdk.stats.StatisticsReport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds reports to the minutes they are about, each report once. A report belongs to the minute in which it
 * began, by the clock of its process; one that claims to be more than ten minutes ahead of its arrival is
 * counted in the minute it arrived in. For one thread.
 */
public final class Aggregator {
    private static final Logger log = LoggerFactory.getLogger(Aggregator.class);
    private static final long MAX_AHEAD_MS = TimeUnit.MINUTES.toMillis(10);

    /** What became of reports; told after they are on disk. */
    public interface Listener {
        void counted(StatisticsReport report);

        void outcome(Outcome outcome, int reports);
    }

    /** What can become of a report. */
    public enum Outcome {
        /** Counted. */
        STORED,
        /** Had been counted before, and was not again. */
        DUPLICATE,
        /** Counted, for a minute that was over for more than a minute when it arrived. */
        LATE,
        /** Counted in the minute it arrived in: its clock is far ahead. */
        AHEAD,
        /** Older than the minutes that are kept. */
        TOO_OLD,
        /** Not a report. */
        UNREADABLE
    }

    private final MinuteStore store;
    private final LiveWindow live;
    private final long retentionMs;
    private final Listener listener;

    public Aggregator(MinuteStore store, LiveWindow live, long retentionMs, Listener listener) {
        this.store = store;
        this.live = live;
        this.retentionMs = retentionMs;
        this.listener = listener;
    }

    /** Adds reports; once this returns they survive a crash of the machine. */
    public void store(List<ReceivedReport> received) {
        Changes changes = new Changes();
        List<StatisticsReport> fresh = new ArrayList<>(received.size());
        List<Long> arrivals = new ArrayList<>(received.size());
        Map<Outcome, Integer> outcomes = new HashMap<>();
        for (ReceivedReport entry : received) {
            StatisticsReport report;
            try {
                report = StatisticsReport.fromJson(entry.json());
            } catch (IllegalArgumentException e) {
                log.warn("Entry {} of the stream is not a report and is left out: {}", entry.id(), e.getMessage());
                outcomes.merge(Outcome.UNREADABLE, 1, Integer::sum);
                continue;
            }
            SeenReports seen = changes.seen(report.bootId(), store::seen);
            if (!seen.mark(report.seq(), entry.receivedMs())) {
                outcomes.merge(Outcome.DUPLICATE, 1, Integer::sum);
                continue;
            }
            Outcome outcome = add(changes, report, entry.receivedMs());
            outcomes.merge(outcome, 1, Integer::sum);
            if (outcome != Outcome.TOO_OLD) {
                fresh.add(report);
                arrivals.add(entry.receivedMs());
            }
        }
        if (!changes.isEmpty()) {
            store.write(changes);
        }
        for (int i = 0; i < fresh.size(); i++) {
            live.add(fresh.get(i), arrivals.get(i));
            listener.counted(fresh.get(i));
        }
        outcomes.forEach(listener::outcome);
    }

    private Outcome add(Changes changes, StatisticsReport report, long receivedMs) {
        Outcome outcome = Outcome.STORED;
        long aboutMs = report.fromMs();
        if (aboutMs > receivedMs + MAX_AHEAD_MS) {
            outcome = Outcome.AHEAD;
            aboutMs = receivedMs;
        } else if (aboutMs < receivedMs - retentionMs) {
            return Outcome.TOO_OLD;
        } else if (aboutMs / 60_000 * 60_000 < receivedMs - 120_000) {
            outcome = Outcome.LATE;
        }
        int minute = (int) (aboutMs / 60_000);
        for (StatisticsReport.MethodDelta delta : report.methods()) {
            changes.tally(new MethodKey(delta.service(), delta.method(), delta.side()), minute)
                    .add(delta);
        }
        changes.add(minute, ProcessMinute.of(report, minute * 60_000L));
        return outcome;
    }
}
