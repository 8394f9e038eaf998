/** Addresses from the router's own settings: {@link dev.moa.router.configured.StaticSource}. */
@NullMarked
package dev.moa.router.configured;

import org.jspecify.annotations.NullMarked;
