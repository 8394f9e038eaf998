package dev.moa.registry.catalog;

import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** What to change of an instance; null leaves it as it is, a map replaces the whole map. */
public record InstancePatch(
        @Nullable InstanceStatus status,
        @Nullable Integer weight,
        @Nullable String zone,
        @Nullable String version,
        @Nullable SortedMap<String, String> tags,
        @Nullable SortedMap<String, String> metadata) {

    /** Changes nothing of what the instance says. */
    public static final InstancePatch NOTHING = new InstancePatch(null, null, null, null, null, null);
}
