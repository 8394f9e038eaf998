package dev.moa.spring.observe;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Meters for each method, from the statistics that also go to the monitor: moa.methods.latency, moa.methods.calls, moa.methods.failures, moa.methods.in-flight.
 *
 * @param enabled Whether each method has meters: latency, calls, failures, in flight.
 * @param maxMethods How many methods have meters, both sides together; later ones have none.
 */
@ConfigurationProperties("moa.meters")
public record MoaMeterProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("200") int maxMethods) {}
