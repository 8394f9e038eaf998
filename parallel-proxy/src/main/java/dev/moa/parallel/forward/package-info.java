/** One call, passed on to its service within bounds: {@link dev.moa.parallel.forward.Forwarder}. */
@NullMarked
package dev.moa.parallel.forward;

import org.jspecify.annotations.NullMarked;
