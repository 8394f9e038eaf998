/**
 * What is registered. Start at {@link dev.moa.registry.catalog.RedisCatalog}; the scripts that write to Redis lie
 * beside it as resources.
 */
@NullMarked
package dev.moa.registry.catalog;

import org.jspecify.annotations.NullMarked;
