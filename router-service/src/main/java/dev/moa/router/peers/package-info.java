/**
 * Whether the routers know the same, and which of them does not since when. Start at
 * {@link dev.moa.router.peers.Peers}.
 */
@NullMarked
package dev.moa.router.peers;

import org.jspecify.annotations.NullMarked;
