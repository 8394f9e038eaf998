package dev.moa.registry.catalog;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.moa.protocol.ServiceName;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * What an instance says of itself: the body of its JSON in Redis, behind the head that only the scripts write. Equal
 * descriptions have equal JSON, byte for byte, which is how a write that changes nothing is told.
 */
@JsonPropertyOrder({
    "id",
    "service",
    "host",
    "port",
    "protocols",
    "weight",
    "zone",
    "version",
    "tags",
    "metadata",
    "probe",
    "overridden",
    "status"
})
record Description(
        String id,
        String service,
        String host,
        int port,
        SortedSet<String> protocols,
        int weight,
        @Nullable String zone,
        @Nullable String version,
        SortedMap<String, String> tags,
        SortedMap<String, String> metadata,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable ProbeSpec probe,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Overridden overridden,
        InstanceStatus status) { // last: summary.lua looks for it there

    ServiceName serviceName() {
        return ServiceName.of(service);
    }

    /** Returns this description as {@code patch} would have it. */
    Description with(InstancePatch patch) {
        return new Description(
                id,
                service,
                host,
                port,
                protocols,
                patch.weight() == null ? weight : patch.weight(),
                patch.zone() == null ? zone : patch.zone(),
                patch.version() == null ? version : patch.version(),
                patch.tags() == null ? tags : patch.tags(),
                patch.metadata() == null ? metadata : patch.metadata(),
                probe,
                overridden,
                patch.status() == null ? status : patch.status());
    }

    /** Returns this description as it is listed. */
    Description listedAs(
            InstanceStatus listed, int listedWeight, SortedMap<String, String> listedTags, Overridden otherwise) {
        return new Description(
                id,
                service,
                host,
                port,
                protocols,
                listedWeight,
                zone,
                version,
                listedTags,
                metadata,
                probe,
                otherwise,
                listed);
    }
}
