package dev.moa.registry.catalog;

import dev.moa.protocol.ServiceName;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * What a process asks to be registered as; checked by {@link RegistrationRules}.
 *
 * @param id the id, or null to be given one
 */
public record Registration(
        @Nullable InstanceId id,
        ServiceName service,
        String host,
        int port,
        SortedSet<String> protocols,
        int weight,
        @Nullable String zone,
        @Nullable String version,
        SortedMap<String, String> tags,
        SortedMap<String, String> metadata,
        InstanceStatus status,
        int ttlSeconds) {}
