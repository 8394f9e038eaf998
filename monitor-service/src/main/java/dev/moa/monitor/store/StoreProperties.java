package dev.moa.monitor.store;

import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The minutes on disk.
 *
 * @param directory Where they lie; one monitor at a time may use it.
 * @param retention How long a method's minutes are kept.
 * @param processRetention How long a process's minutes (threads, heap, garbage collection) are kept.
 * @param maxMethods The most methods, both sides together; what comes later is counted together as (other).
 * @param blockCache Memory for blocks read from disk.
 * @param writeBuffer Memory for what is not written to a table yet, per table.
 */
@ConfigurationProperties("moa.monitor.store")
public record StoreProperties(
        @DefaultValue(".moa/data/monitor") Path directory,
        @DefaultValue("7d") Duration retention,
        @DefaultValue("1d") Duration processRetention,
        @DefaultValue("20000") int maxMethods,
        @DefaultValue("8MB") DataSize blockCache,
        @DefaultValue("4MB") DataSize writeBuffer) {

    public StoreProperties {
        if (retention.toMinutes() < 5 || processRetention.toMinutes() < 5) {
            throw new IllegalArgumentException(
                    "moa.monitor.store.retention: %s and process-retention: %s (expected: >= 5m)"
                            .formatted(retention, processRetention));
        }
        if (maxMethods < 1 || maxMethods > 1_000_000) {
            throw new IllegalArgumentException(
                    "moa.monitor.store.max-methods: %d (expected: 1 to 1000000)".formatted(maxMethods));
        }
    }
}
