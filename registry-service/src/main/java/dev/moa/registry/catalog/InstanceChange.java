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

    /** What happened. */
    public enum Type {
        REGISTERED,
        UPDATED,
        REMOVED
    }
}
