/** The role broker: {@link dev.moa.async.accept.Broker} accepts tasks and answers for them. */
@NullMarked
package dev.moa.async.accept;

import org.jspecify.annotations.NullMarked;
