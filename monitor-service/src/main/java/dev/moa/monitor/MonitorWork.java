package dev.moa.monitor;

import dev.moa.monitor.aggregate.Aggregator;
import dev.moa.monitor.alert.Alerts;
import dev.moa.monitor.store.MinuteStore;
import dev.moa.monitor.stream.ReceivedReport;
import dev.moa.monitor.stream.StreamReader;
import java.time.Clock;
import java.util.List;

/** What the reader's thread does: count reports, and in between look at the alerts and forget old minutes. */
final class MonitorWork implements StreamReader.Work {
    private static final long EXPIRE_EVERY_MS = 600_000;

    private final Aggregator aggregator;
    private final MinuteStore store;
    private final Alerts alerts;
    private final Clock clock;
    private long expiredAtMs;

    MonitorWork(Aggregator aggregator, MinuteStore store, Alerts alerts, Clock clock) {
        this.aggregator = aggregator;
        this.store = store;
        this.alerts = alerts;
        this.clock = clock;
    }

    @Override
    public void store(List<ReceivedReport> reports) {
        aggregator.store(reports);
    }

    @Override
    public void idle() {
        alerts.evaluate();
        long now = clock.millis();
        if (now - expiredAtMs >= EXPIRE_EVERY_MS) {
            expiredAtMs = now;
            store.expire((int) (now / 60_000));
        }
    }
}
