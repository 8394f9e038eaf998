package dev.moa.monitor;

import dev.moa.monitor.store.MinuteStore;
import dev.moa.monitor.stream.ReportStream;
import dev.moa.monitor.stream.StreamReader;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.stereotype.Component;

/** Health {@code reports}: down while reports are not counted; what is on disk can be asked all the same. */
@Component
class ReportsHealthIndicator extends AbstractHealthIndicator {
    private final StreamReader reader;
    private final ReportStream stream;
    private final MinuteStore store;

    ReportsHealthIndicator(StreamReader reader, ReportStream stream, MinuteStore store) {
        this.reader = reader;
        this.stream = stream;
        this.store = store;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        String problem = reader.problem();
        if (problem == null) {
            builder.up();
        } else {
            builder.down().withDetail("problem", problem);
        }
        builder.withDetail("waiting", stream.waiting())
                .withDetail("methods", store.methodCount())
                .withDetail("diskBytes", store.diskBytes());
    }
}
