package dev.moa.async.table;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long the status of a task is kept once it is over. A dedupe key is known as long as its task is.
 *
 * @param keepFinished tasks that succeeded or were cancelled and are kept, over all partitions; older ones are forgotten
 * @param keepFinishedFor how long they are kept at most
 * @param keepDead dead letters that are kept, over all partitions; older ones are forgotten
 * @param keepDeadFor how long they are kept at most
 * @param maxWaiting tasks that are known one by one while they wait; of tasks further back in the queue only the number is known
 */
@ConfigurationProperties("moa.async.status")
public record TableProperties(
        @DefaultValue("40000") int keepFinished,
        @DefaultValue("24h") Duration keepFinishedFor,
        @DefaultValue("5000") int keepDead,
        @DefaultValue("7d") Duration keepDeadFor,
        @DefaultValue("50000") int maxWaiting) {

    public TableProperties {
        // the workers skip duplicates by what is kept here, for as far as their windows reach
        if (keepFinished < 10_000) {
            throw new IllegalArgumentException(
                    "moa.async.status.keep-finished: %d (expected: >= 10000)".formatted(keepFinished));
        }
    }
}
