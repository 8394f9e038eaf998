/** The moa port: every call to any service is passed on, by {@link dev.moa.parallel.wire.ProxyHandler}. */
@NullMarked
package dev.moa.parallel.wire;

import org.jspecify.annotations.NullMarked;
