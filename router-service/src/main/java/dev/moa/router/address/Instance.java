package dev.moa.router.address;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One process that serves one service, as an answer lists it.
 *
 * @param id names the process and the service
 * @param incarnation the number that the registry gave this registration of the id
 * @param host where it listens
 * @param port where it listens
 * @param protocols what it speaks, for example {@code moa}, {@code resp}, {@code http}
 * @param weight its share of the calls, relative to the others
 * @param zone where it runs, or null
 * @param version which build it is, or null
 * @param tags what callers may filter by
 * @param metadata what callers may read
 * @param status whether it can be called
 * @param held whether it stays listed although its lease or the store that listed it was lost
 * @param ttlSeconds how long its lease lasts; 0 where it has none, or nobody said
 */
public record Instance(
        String id,
        long incarnation,
        String host,
        int port,
        List<String> protocols,
        int weight,
        @Nullable String zone,
        @Nullable String version,
        Map<String, String> tags,
        Map<String, String> metadata,
        InstanceStatus status,
        boolean held,
        int ttlSeconds) {

    /** What an instance without a registration is taken to speak. */
    private static final List<String> ALL_PROTOCOLS = List.of("moa", "resp", "http");

    public Instance {
        host = Sharing.of(host);
        protocols = Sharing.of(List.copyOf(protocols));
        zone = zone == null ? null : Sharing.of(zone);
        version = version == null ? null : Sharing.of(version);
        tags = Sharing.of(Map.copyOf(tags));
        metadata = Sharing.of(Map.copyOf(metadata));
    }

    /** An instance without a lease. */
    public Instance(
            String id,
            long incarnation,
            String host,
            int port,
            List<String> protocols,
            int weight,
            @Nullable String zone,
            @Nullable String version,
            Map<String, String> tags,
            Map<String, String> metadata,
            InstanceStatus status,
            boolean held) {
        this(id, incarnation, host, port, protocols, weight, zone, version, tags, metadata, status, held, 0);
    }

    /** Returns an instance that an operator, a setting or a name server gave, without a registration behind it. */
    public static Instance unregistered(String host, int port) {
        return new Instance(
                host + ":" + port,
                0,
                host,
                port,
                ALL_PROTOCOLS,
                100,
                null,
                null,
                Map.of(),
                Map.of(),
                InstanceStatus.UP,
                false);
    }

    /** Returns whether new calls may go to it. */
    public boolean isCallable() {
        return status == InstanceStatus.UP;
    }

    /** Returns whether its port speaks TLS, and nothing without it. */
    public boolean speaksTls() {
        return protocols.contains("tls");
    }

    /** Returns where it is reached. */
    public String address() {
        return host + ":" + port;
    }

    /** Returns the same instance under another id. */
    public Instance withId(String other) {
        return id.equals(other)
                ? this
                : new Instance(
                        other,
                        incarnation,
                        host,
                        port,
                        protocols,
                        weight,
                        zone,
                        version,
                        tags,
                        metadata,
                        status,
                        held,
                        ttlSeconds);
    }

    /** Returns the same instance; one that does not say what it speaks is taken to speak all. */
    public Instance speakingAllUnlessSaid() {
        return !protocols.isEmpty()
                ? this
                : new Instance(
                        id,
                        incarnation,
                        host,
                        port,
                        ALL_PROTOCOLS,
                        weight,
                        zone,
                        version,
                        tags,
                        metadata,
                        status,
                        held,
                        ttlSeconds);
    }

    /** Returns the same instance, marked as held. */
    public Instance asHeld() {
        return held
                ? this
                : new Instance(
                        id,
                        incarnation,
                        host,
                        port,
                        protocols,
                        weight,
                        zone,
                        version,
                        tags,
                        metadata,
                        status,
                        true,
                        ttlSeconds);
    }
}
