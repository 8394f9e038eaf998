/** A feed that asks two other services at once: {@link dev.moa.examples.nearby.NearbyFeed}. */
@NullMarked
package dev.moa.examples.nearby;

import org.jspecify.annotations.NullMarked;
