/** {@code POST /api/<service>/<method>}: HTTP in, a moa call out. Start at {@link dev.moa.gateway.call.CallEndpoint}. */
@NullMarked
package dev.moa.gateway.call;

import org.jspecify.annotations.NullMarked;
