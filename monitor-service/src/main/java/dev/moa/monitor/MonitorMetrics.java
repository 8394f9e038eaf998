package dev.moa.monitor;

import dev.moa.monitor.aggregate.Aggregator;
import dev.moa.monitor.alert.Alerts;
import dev.moa.monitor.store.MinuteStore;
import dev.moa.monitor.stream.ReportStream;
import dev.moa.protocol.StatusCode;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;

/** Every metric of the monitor's own process, by name. */
final class MonitorMetrics {
    private final MeterRegistry registry;

    MonitorMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Counts reports that were offered: {@code moa.monitor.intake} by status code. */
    void taken(StatusCode code) {
        registry.counter("moa.monitor.intake", "code", code.name()).increment();
    }

    /** Counts what became of reports: {@code moa.monitor.reports} by outcome. */
    void outcome(Aggregator.Outcome outcome, int reports) {
        registry.counter("moa.monitor.reports", "outcome", outcome.name().toLowerCase(Locale.ROOT))
                .increment(reports);
    }

    void bind(ReportStream stream, MinuteStore store, Alerts alerts) {
        Gauge.builder("moa.monitor.stream.waiting", stream, ReportStream::waiting)
                .description("reports in Redis that are not counted yet")
                .register(registry);
        Gauge.builder("moa.monitor.store.methods", store, MinuteStore::methodCount)
                .description("methods that have minutes, both sides together")
                .register(registry);
        FunctionCounter.builder("moa.monitor.store.refused-methods", store, MinuteStore::refusedMethods)
                .description("method minutes counted as (other) because of max-methods")
                .register(registry);
        Gauge.builder("moa.monitor.alerts.firing", alerts, Alerts::firing)
                .description("alert rules that fire")
                .register(registry);
    }
}
