/** One attempt to hand a task to its target: {@link dev.moa.async.deliver.Delivery}, and the guard that keeps HTTP targets out of places they must not reach. */
@NullMarked
package dev.moa.async.deliver;

import org.jspecify.annotations.NullMarked;
