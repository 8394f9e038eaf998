/** The router: a service name in, callable addresses out. Start at {@link dev.moa.router.RouterApplication}. */
@NullMarked
package dev.moa.router;

import org.jspecify.annotations.NullMarked;
