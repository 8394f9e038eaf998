/** Takes an instance out and waits until everybody knows. Start at {@link dev.moa.registry.drain.Drains}. */
@NullMarked
package dev.moa.registry.drain;

import org.jspecify.annotations.NullMarked;
