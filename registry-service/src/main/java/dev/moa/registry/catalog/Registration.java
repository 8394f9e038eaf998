package dev.moa.registry.catalog;

import dev.moa.protocol.ServiceName;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * What a process asks to be registered as; checked by {@link RegistrationRules}.
 *
 * @param id the id, or null to be given one
 * @param ttlSeconds its lease; null for none: it is probed instead
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
        @Nullable ProbeSpec probe,
        InstanceStatus status,
        @Nullable Integer ttlSeconds) {

    /** Returns what it says, under an id. */
    Description description(InstanceId given) {
        return new Description(
                given.value(),
                service.value(),
                host,
                port,
                protocols,
                weight,
                zone,
                version,
                tags,
                metadata,
                probe,
                null,
                status);
    }
}
