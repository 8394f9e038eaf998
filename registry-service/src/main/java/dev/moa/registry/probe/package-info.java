/** Who can be reached. Start at {@link dev.moa.registry.probe.Probe}. */
@NullMarked
package dev.moa.registry.probe;

import org.jspecify.annotations.NullMarked;
