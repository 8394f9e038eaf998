/**
 * Whether the routers know the same, and which of them does not since when: start at {@link dev.moa.router.peers.Peers}.
 * And whom they hold after a loss of the store, on which they agree: {@link dev.moa.router.peers.SharedLosses}.
 */
@NullMarked
package dev.moa.router.peers;

import org.jspecify.annotations.NullMarked;
