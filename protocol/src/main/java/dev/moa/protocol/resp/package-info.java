/** RESP, the wire of Redis, as bytes: {@link dev.moa.protocol.resp.RespParser} in, {@link dev.moa.protocol.resp.RespWriter} out. */
@NullMarked
package dev.moa.protocol.resp;

import org.jspecify.annotations.NullMarked;
