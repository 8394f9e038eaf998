package dev.moa.registry.catalog;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a service's change stream.
 *
 * @param revision the service's revision with this change
 * @param atMs when, by Redis's time
 * @param instance the instance after it; null when it was removed
 */
@JsonPropertyOrder({"revision", "type", "id", "incarnation", "reason", "atMs", "instance"})
public record InstanceChange(
        long revision,
        Type type,
        String id,
        long incarnation,
        ChangeReason reason,
        long atMs,
        @Nullable Instance instance) {

    /**
     * Reads a change as the scripts write it.
     *
     * @param instance its JSON; empty when it was removed
     * @throws IllegalArgumentException if it is none
     */
    public static InstanceChange of(
            long revision, String type, String id, String incarnation, String reason, String atMs, String instance) {
        return new InstanceChange(
                revision,
                Type.valueOf(type),
                id,
                Long.parseLong(incarnation),
                ChangeReason.parse(reason),
                Long.parseLong(atMs),
                instance.isEmpty() ? null : InstanceJson.instance(instance));
    }

    /** What happened. */
    public enum Type {
        REGISTERED,
        UPDATED,
        REMOVED
    }
}
