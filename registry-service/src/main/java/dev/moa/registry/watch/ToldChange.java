package dev.moa.registry.watch;

import dev.moa.registry.catalog.InstanceChange;
import tools.jackson.databind.json.JsonMapper;

/**
 * A change as it is told.
 *
 * @param revision the service's revision with it
 * @param atMs when it was made, by Redis's time
 * @param json the properties of an {@link InstanceChange}
 */
record ToldChange(long revision, long atMs, String json) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    static ToldChange of(InstanceChange change) {
        return new ToldChange(change.revision(), change.atMs(), JSON.writeValueAsString(change));
    }
}
