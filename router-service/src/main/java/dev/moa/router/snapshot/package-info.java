/** The last good answers, on disk: {@link dev.moa.router.snapshot.SnapshotStore}. */
@NullMarked
package dev.moa.router.snapshot;

import org.jspecify.annotations.NullMarked;
