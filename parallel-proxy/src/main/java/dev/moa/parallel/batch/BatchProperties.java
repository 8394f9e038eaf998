package dev.moa.parallel.batch;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What one batch may be.
 *
 * @param maxCalls the most calls
 * @param maxSize the longest request
 * @param maxResultSize the most bytes of all results together; a result beyond it is marked as failed
 * @param maxSizeInProgress the most bytes of requests and results of all batches that run; a quarter of the heap where it is not set
 * @param timeout for a batch that names none
 * @param maxTimeout the longest timeout that a batch may name
 */
@ConfigurationProperties("moa.parallel.batch")
public record BatchProperties(
        @DefaultValue("10000") int maxCalls,
        @DefaultValue("16MB") DataSize maxSize,
        @DefaultValue("64MB") DataSize maxResultSize,
        @Nullable DataSize maxSizeInProgress,
        @DefaultValue("1s") Duration timeout,
        @DefaultValue("60s") Duration maxTimeout) {

    public BatchProperties {
        if (maxCalls < 1) {
            throw new IllegalArgumentException("moa.parallel.batch.max-calls: %d (expected: >= 1)".formatted(maxCalls));
        }
        if (timeout.toMillis() < 1 || timeout.compareTo(maxTimeout) > 0) {
            throw new IllegalArgumentException(
                    "moa.parallel.batch.timeout: %s (expected: 1 ms to moa.parallel.batch.max-timeout)"
                            .formatted(timeout));
        }
    }
}
