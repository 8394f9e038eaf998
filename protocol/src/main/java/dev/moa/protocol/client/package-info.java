/** The calling end of moa frames: start at {@link dev.moa.protocol.client.MoaConnection}. */
@NullMarked
package dev.moa.protocol.client;

import org.jspecify.annotations.NullMarked;
