package dev.moa.registry.catalog;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Objects;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What an operator, or the prober, wants of instances instead of what they say of themselves. It stands beside the
 * instances and never in them: a new registration inherits a lasting override only, and lifting it gives back what
 * the instance says now.
 *
 * @param id made by the registry
 * @param kind who wants it
 * @param scope which instances
 * @param incarnation only this registration of the instance; null for a lasting override
 * @param set what they are listed with
 * @param author who
 * @param reason why, in words for people
 * @param createdAtMs when, by Redis's time
 * @param expiresAtMs when it ends by itself; null for never
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({
    "id",
    "service",
    "kind",
    "scope",
    "incarnation",
    "set",
    "author",
    "reason",
    "createdAtMs",
    "expiresAtMs"
})
public record InstanceOverride(
        String id,
        String service,
        Kind kind,
        Scope scope,
        @Nullable Long incarnation,
        Effect set,
        String author,
        String reason,
        long createdAtMs,
        @Nullable Long expiresAtMs) {

    /** Who wants it. */
    public enum Kind {
        OPERATOR,
        /** A verdict: probes fail. An operator's word about the status goes before it. */
        PROBE
    }

    /**
     * Which instances of the service; what is null does not matter, all null means every instance.
     *
     * @param instance the one with this id
     * @param address the one at this {@code host:port}, whatever its id
     * @param zone those of this zone
     * @param version those of this version
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Scope(
            @Nullable String instance,
            @Nullable String address,
            @Nullable String zone,
            @Nullable String version) {

        /** The scope of one instance. */
        public static Scope of(InstanceId id) {
            return new Scope(id.value(), null, null, null);
        }
    }

    /**
     * What they are listed with; null leaves it.
     *
     * @param status never better than what the instance says: an instance that drains is not called
     * @param weight instead of its own
     * @param tags beside its own, or instead of those of the same name
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Effect(
            @Nullable InstanceStatus status,
            @Nullable Integer weight,
            @Nullable SortedMap<String, String> tags) {}

    /** Returns whether those whom it is about are called no more. */
    public boolean takesOut() {
        return set.status() != null && set.status() != InstanceStatus.UP || Objects.equals(set.weight(), 0);
    }

    /** Returns whether it is about an instance that is registered. */
    public boolean covers(Instance instance) {
        return covers(instance.description(), instance.incarnation());
    }

    /** Returns whether it is about the instance. */
    boolean covers(Description instance, @Nullable Long ofIncarnation) {
        return (incarnation == null || incarnation.equals(ofIncarnation))
                && matches(scope.instance(), instance.id())
                && matches(scope.address(), instance.host() + ":" + instance.port())
                && matches(scope.zone(), instance.zone())
                && matches(scope.version(), instance.version());
    }

    private static boolean matches(@Nullable String wanted, @Nullable String is) {
        return wanted == null || wanted.equals(is);
    }
}
