/** Who is still alive. Start at {@link dev.moa.registry.lease.LeaseSweeper}. */
@NullMarked
package dev.moa.registry.lease;

import org.jspecify.annotations.NullMarked;
