/**
 * The DNS face: service names as DNS names, over UDP and TCP. Start at {@link dev.moa.router.nameserver.NameServer}
 * (the sockets) and {@link dev.moa.router.nameserver.Zone} (what a name means).
 */
@NullMarked
package dev.moa.router.nameserver;

import org.jspecify.annotations.NullMarked;
