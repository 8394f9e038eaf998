package dev.moa.router;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * A copy of the registry's Redis to read from before the primary.
 *
 * @param url its Redis URL; without one the source {@code replica} has no answers
 */
@ConfigurationProperties("moa.router.replica")
record ReplicaProperties(@Nullable String url) {}
