package dev.moa.monitor;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What Prometheus gets at /v1/metrics.
 *
 * @param maxMethods The most methods shown by name, both sides together; the others are shown together as (other).
 */
@ConfigurationProperties("moa.monitor.metrics")
record MetricsProperties(@DefaultValue("1000") int maxMethods) {}
