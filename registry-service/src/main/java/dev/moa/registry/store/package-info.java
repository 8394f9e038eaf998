/** Redis as the registry sees it: there or away, and since when. Start at {@link dev.moa.registry.store.RedisStore}. */
@NullMarked
package dev.moa.registry.store;

import org.jspecify.annotations.NullMarked;
