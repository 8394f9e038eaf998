/**
 * Whole-system benchmarks: moa and a peer, or the physical limit, in turns in the same run. Start at
 * {@link dev.moa.benchmarks.Bench}; the command is {@code ./moa bench}.
 */
@NullMarked
package dev.moa.benchmarks;

import org.jspecify.annotations.NullMarked;
