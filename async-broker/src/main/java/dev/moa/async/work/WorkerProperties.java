package dev.moa.async.work;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How a worker works.
 *
 * @param maxInFlight attempts under way at once in this process
 * @param maxInFlightPerTarget attempts under way at once to one target: its bulkhead
 * @param window offsets of one partition that may be read ahead of the oldest task that is not safe yet
 * @param maxLive tasks held in memory: waiting, delayed, retrying and running; more stay in Kafka
 * @param maxLiveBytes bytes of the tasks held in memory; more stay in Kafka
 * @param breakerFailures failures in a row after which a target is left alone for a while
 * @param breakerOpenFor how long it is left alone first; doubles each time the probe fails
 * @param breakerOpenForAtMost the longest time it is left alone
 * @param runningAfter how long an attempt runs before others are told so
 * @param commitInterval how often offsets are committed
 * @param drainTimeout how long a partition that is given back waits for its attempts to end
 */
@ConfigurationProperties("moa.async.worker")
public record WorkerProperties(
        @DefaultValue("512") int maxInFlight,
        @DefaultValue("64") int maxInFlightPerTarget,
        @DefaultValue("2000") int window,
        @DefaultValue("20000") int maxLive,
        @DefaultValue("24MB") DataSize maxLiveBytes,
        @DefaultValue("10") int breakerFailures,
        @DefaultValue("1s") Duration breakerOpenFor,
        @DefaultValue("15s") Duration breakerOpenForAtMost,
        @DefaultValue("300ms") Duration runningAfter,
        @DefaultValue("200ms") Duration commitInterval,
        @DefaultValue("3s") Duration drainTimeout) {}
