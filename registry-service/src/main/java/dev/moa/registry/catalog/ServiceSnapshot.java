package dev.moa.registry.catalog;

import java.util.List;
import java.util.Map;

/**
 * All instances of a service as of one moment.
 *
 * @param epoch the birth mark of the service's store; empty where it was never registered
 * @param nowMs that moment, by Redis's time
 * @param leaseEndsMs id to the end of its lease
 */
public record ServiceSnapshot(
        String service,
        String epoch,
        long revision,
        long nowMs,
        List<Instance> instances,
        Map<String, Long> leaseEndsMs) {}
