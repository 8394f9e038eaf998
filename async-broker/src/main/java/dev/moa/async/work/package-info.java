/** The worker: takes over partitions, keeps order per key, delivers, retries. Start at {@link dev.moa.async.work.Engine}. */
@NullMarked
package dev.moa.async.work;

import org.jspecify.annotations.NullMarked;
