package dev.moa.registry.catalog;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
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
        InstanceStatus status,
        @Nullable Integer ttlSeconds,
        long registeredAtMs,
        boolean held,
        ChangeReason reason) {

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
                status,
                ttlSeconds,
                registeredAtMs,
                true,
                ChangeReason.HELD);
    }
}
