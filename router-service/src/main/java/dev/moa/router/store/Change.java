package dev.moa.router.store;

import dev.moa.router.address.Instance;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a service's change stream.
 *
 * @param epoch of the store that wrote it
 * @param revision that the service had after it
 * @param id of the instance that changed
 * @param reason why, in the registry's words
 * @param instance as it is since; null if it was removed
 */
public record Change(
        String epoch,
        long revision,
        String id,
        String reason,
        @Nullable Instance instance) {}
