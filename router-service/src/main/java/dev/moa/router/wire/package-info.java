/** The moa face of the router, {@code /service/lookup}: {@link dev.moa.router.wire.LookupHandler}. */
@NullMarked
package dev.moa.router.wire;

import org.jspecify.annotations.NullMarked;
