package dev.moa.spring;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What this process reports to the monitor.
 *
 * @param enabled Whether it reports at all.
 * @param interval How often.
 */
@ConfigurationProperties("moa.statistics")
public record MoaStatisticsProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("10s") Duration interval) {}
