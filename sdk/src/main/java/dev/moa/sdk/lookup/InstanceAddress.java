package dev.moa.sdk.lookup;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One process that serves one service, as a lookup shows it.
 *
 * @param id its name, unique among the instances of all services
 * @param incarnation number of its registration, increasing
 * @param host host name or address
 * @param port TCP port, 1 to 65,535
 * @param protocols what it speaks there: {@code moa}, {@code resp}, {@code http}; with {@code tls} all of it over TLS
 * @param weight its share of the calls relative to the others, 0 to 10,000 (100 by default); 0 means none
 * @param zone where it stands; null where unknown
 * @param version what it runs; null where unknown
 * @param tags for choosing among instances, for example {@code lane=blue}
 * @param metadata whatever else it says of itself
 * @param status whether it takes calls
 * @param held kept in the answer although it has gone silent, because the loss looks like the registry's own
 */
public record InstanceAddress(
        String id,
        long incarnation,
        String host,
        int port,
        Set<String> protocols,
        int weight,
        @Nullable String zone,
        @Nullable String version,
        Map<String, String> tags,
        Map<String, String> metadata,
        InstanceStatus status,
        boolean held) {

    /** The weight of an instance that names none. */
    public static final int DEFAULT_WEIGHT = 100;

    /** The protocols of a moa port. */
    public static final Set<String> MOA_PORT = Set.of("moa", "resp", "http");

    /** The protocols of a moa port that speaks TLS. */
    public static final Set<String> MOA_PORT_OVER_TLS = Set.of("moa", "resp", "http", "tls");

    /** @throws IllegalArgumentException if the port or the weight is out of range */
    public InstanceAddress {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port: %d (expected: 1 to 65535)".formatted(port));
        }
        if (weight < 0) {
            throw new IllegalArgumentException("weight: %d (expected: >= 0)".formatted(weight));
        }
        protocols = protocols == null ? MOA_PORT : Set.copyOf(protocols);
        tags = tags == null ? Map.of() : Map.copyOf(tags);
        metadata = metadata == null ? Map.of() : Map.copyOf(metadata);
        status = status == null ? InstanceStatus.UP : status;
    }

    /** Returns an instance that is up, with the default weight, whose id is its address. */
    public static InstanceAddress of(String host, int port) {
        return new InstanceAddress(
                host + ":" + port,
                1,
                host,
                port,
                MOA_PORT,
                DEFAULT_WEIGHT,
                null,
                null,
                Map.of(),
                Map.of(),
                InstanceStatus.UP,
                false);
    }

    /** Returns whether new calls may go there. */
    public boolean isCallable() {
        return status == InstanceStatus.UP && weight > 0;
    }

    /** Returns whether it speaks TLS, and nothing without it. */
    public boolean speaksTls() {
        return protocols.contains("tls");
    }

    /** Returns the same instance with another status. */
    public InstanceAddress withStatus(InstanceStatus newStatus) {
        return new InstanceAddress(
                id, incarnation, host, port, protocols, weight, zone, version, tags, metadata, newStatus, held);
    }

    /** Returns the same instance with another weight. */
    public InstanceAddress withWeight(int newWeight) {
        return new InstanceAddress(
                id, incarnation, host, port, protocols, newWeight, zone, version, tags, metadata, status, held);
    }

    /** Returns the same instance in another zone. */
    public InstanceAddress withZone(@Nullable String newZone) {
        return new InstanceAddress(
                id, incarnation, host, port, protocols, weight, newZone, version, tags, metadata, status, held);
    }
}
