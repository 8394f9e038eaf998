/** Operators' answers for whole services: {@link dev.moa.router.pinned.PinnedSource}. */
@NullMarked
package dev.moa.router.pinned;

import org.jspecify.annotations.NullMarked;
