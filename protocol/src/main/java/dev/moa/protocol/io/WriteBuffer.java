package dev.moa.protocol.io;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * What a connection is about to write, gathered so that many small messages become one write. Belongs to the event loop;
 * between two writes it holds nothing.
 *
 * <p>Messages are put together on the heap, field by field, and copied once as they leave: without access to memory by
 * address, which the Java platform takes away from libraries, each field written outside of the heap costs more than that.
 */
public final class WriteBuffer {

    private static final int LEAST_BYTES = 512;
    /** From here on a write of its own costs less than a longer buffer. */
    private static final int FULL_BYTES = 64 * 1024;

    private @Nullable ByteBuf gathered;
    private int usual = LEAST_BYTES;

    /** Returns the buffer to append to. Ask again for each message. */
    public ByteBuf in(ChannelHandlerContext ctx) {
        ByteBuf buffer = gathered;
        if (buffer != null && buffer.readableBytes() >= FULL_BYTES) {
            gathered = null;
            ctx.write(buffer, ctx.voidPromise());
            buffer = null;
        }
        if (buffer == null) {
            buffer = ctx.alloc().heapBuffer(usual);
            gathered = buffer;
        }
        return buffer;
    }

    /** Writes what was gathered; returns false if that is nothing. */
    public boolean flush(ChannelHandlerContext ctx) {
        ByteBuf buffer = take();
        if (buffer == null) {
            return false;
        }
        // the next one will be about as long: growing it in steps would copy it in steps
        usual = Math.min(FULL_BYTES, Math.max(buffer.readableBytes(), Math.max(LEAST_BYTES, usual - usual / 8)));
        ctx.writeAndFlush(buffer, ctx.voidPromise());
        return true;
    }

    /** Returns what was gathered, which is then the caller's; null for nothing. */
    public @Nullable ByteBuf take() {
        ByteBuf buffer = gathered;
        gathered = null;
        return buffer;
    }

    /** Drops what was gathered. */
    public void release() {
        ByteBuf buffer = take();
        if (buffer != null) {
            buffer.release();
        }
    }
}
