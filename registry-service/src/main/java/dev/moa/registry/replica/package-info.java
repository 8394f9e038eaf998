/** Which registries live, and who of them looks after what. Start at {@link dev.moa.registry.replica.Replicas}. */
@NullMarked
package dev.moa.registry.replica;

import org.jspecify.annotations.NullMarked;
