package dev.moa.monitor.stream;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The Redis stream that reports go through.
 *
 * @param maxReports The most reports that wait in Redis; past that, processes are told to keep theirs.
 * @param batch The most reports that are counted together, with one write to disk.
 * @param timeout How long Redis may take to answer.
 * @param claimAfter How long a report may stay with a reader that died before another takes it over.
 */
@ConfigurationProperties("moa.monitor.stream")
public record StreamProperties(
        @DefaultValue("20000") int maxReports,
        @DefaultValue("32") int batch,
        @DefaultValue("1s") Duration timeout,
        @DefaultValue("1m") Duration claimAfter) {

    public StreamProperties {
        if (maxReports < 100 || batch < 1 || batch > 1_000) {
            throw new IllegalArgumentException(
                    "moa.monitor.stream: max-reports %d, batch %d (expected: >= 100, 1 to 1000)"
                            .formatted(maxReports, batch));
        }
    }
}
