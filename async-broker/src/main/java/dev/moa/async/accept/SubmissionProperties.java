package dev.moa.async.accept;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What a task may ask for, and what it gets where it asks for nothing.
 *
 * @param maxSize bytes of a submission
 * @param maxDelay the longest delay
 * @param timeout time of one attempt, where the request has no ctx.timeoutMs
 * @param maxTimeout the longest time of one attempt
 * @param maxAttempts attempts in all, where the task does not say
 * @param backoff wait before the second attempt, where the task does not say; doubles each time
 * @param maxBackoff the longest wait between attempts, where the task does not say
 */
@ConfigurationProperties("moa.async.task")
public record SubmissionProperties(
        @DefaultValue("512KB") DataSize maxSize,
        @DefaultValue("30d") Duration maxDelay,
        @DefaultValue("10s") Duration timeout,
        @DefaultValue("60s") Duration maxTimeout,
        @DefaultValue("8") int maxAttempts,
        @DefaultValue("1s") Duration backoff,
        @DefaultValue("60s") Duration maxBackoff) {}
