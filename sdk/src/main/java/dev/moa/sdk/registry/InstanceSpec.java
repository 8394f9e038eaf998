package dev.moa.sdk.registry;

import dev.moa.protocol.ServiceName;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a process registers for one of its services.
 *
 * @param service the service
 * @param host where callers reach it
 * @param port TCP port
 * @param protocols what it speaks there: {@code moa}, {@code resp}, {@code http}; with {@code tls} all of it over TLS
 * @param weight its share of the calls relative to the others (100)
 * @param zone where it stands; null where unknown
 * @param version what it runs; null where unknown
 * @param tags for choosing among instances
 * @param metadata whatever else it says of itself
 */
public record InstanceSpec(
        ServiceName service,
        String host,
        int port,
        Set<String> protocols,
        int weight,
        @Nullable String zone,
        @Nullable String version,
        Map<String, String> tags,
        Map<String, String> metadata) {

    public InstanceSpec {
        protocols = Set.copyOf(protocols);
        tags = Map.copyOf(tags);
        metadata = Map.copyOf(metadata);
    }
}
