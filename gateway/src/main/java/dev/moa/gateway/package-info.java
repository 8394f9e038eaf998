/** HTTP at the edge. Start at {@link dev.moa.gateway.GatewayApplication}. */
@NullMarked
package dev.moa.gateway;

import org.jspecify.annotations.NullMarked;
