package dev.moa.registry.catalog;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.moa.protocol.ServiceName;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * One process serving one service, as registered.
 *
 * @param id {@code base64url(service).unique}
 * @param incarnation the number of this registration; a later one under the same id has a greater one
 * @param protocols what its port speaks, for example moa, resp, http
 * @param weight its share of the calls, 0 to 1,000; 0 takes none
 * @param probe how it wants to be probed; null where it has not said
 * @param overridden that it is listed otherwise than it says; null where it is not
 * @param ttlSeconds how long its lease lasts; null where it has none
 * @param registeredAtMs when this incarnation was registered, by Redis's time
 * @param held whether its lease is over but the loss guard keeps it
 * @param reason why it was changed last
 */
@JsonPropertyOrder({
    "id",
    "incarnation",
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
    "status",
    "ttlSeconds",
    "registeredAtMs",
    "held",
    "reason"
})
public record Instance(
        String id,
        long incarnation,
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
        InstanceStatus status,
        @Nullable Integer ttlSeconds,
        long registeredAtMs,
        boolean held,
        ChangeReason reason) {

    /** Reads one as it stands in Redis. */
    public static Instance parse(String stored) {
        return InstanceJson.instance(stored);
    }

    /** Returns whether its port speaks TLS, and nothing without it. */
    public boolean speaksTls() {
        return protocols.contains("tls");
    }

    /** Returns it marked as held. */
    public Instance asHeld() {
        return new Instance(
                id,
                incarnation,
                service,
                host,
                port,
                protocols,
                weight,
                zone,
                version,
                tags,
                metadata,
                probe,
                overridden,
                status,
                ttlSeconds,
                registeredAtMs,
                true,
                ChangeReason.HELD);
    }

    /** Returns what the instance itself says, as a registration. */
    public Registration registration() {
        return new Registration(
                InstanceId.parse(id),
                ServiceName.of(service),
                host,
                port,
                protocols,
                overridden == null ? weight : overridden.weight(),
                zone,
                version,
                overridden == null ? tags : overridden.tags(),
                metadata,
                probe,
                overridden == null ? status : overridden.status(),
                ttlSeconds);
    }

    /** Returns its description as listed. */
    Description description() {
        return new Description(
                id, service, host, port, protocols, weight, zone, version, tags, metadata, probe, overridden, status);
    }
}
