/** One TCP port that serves calls over RESP, moa frames and HTTP: start at {@link dev.moa.protocol.server.MoaPort}. */
@NullMarked
package dev.moa.protocol.server;

import org.jspecify.annotations.NullMarked;
