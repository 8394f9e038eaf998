/** Who may ask for what at the edge. Start at {@link dev.moa.gateway.security.EdgeGuard}. */
@NullMarked
package dev.moa.gateway.security;

import org.jspecify.annotations.NullMarked;
