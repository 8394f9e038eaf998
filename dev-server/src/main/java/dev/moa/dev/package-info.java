/** The whole platform on one machine, as real processes. Start at {@link dev.moa.dev.Platform}. */
@NullMarked
package dev.moa.dev;

import org.jspecify.annotations.NullMarked;
