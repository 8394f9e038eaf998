package dev.moa.protocol.io;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * What was left of the bytes of a connection after all that was whole had been taken: kept in a buffer of its own
 * size, so a connection between two messages holds none. Belongs to one event loop.
 */
public final class Remainder {

    private @Nullable ByteBuf kept;

    /** Returns {@code in} with what is kept before it; the caller hands the buffer back by {@link #keep}. */
    public ByteBuf before(ByteBuf in) {
        ByteBuf rest = kept;
        if (rest == null) {
            return in;
        }
        kept = null;
        rest.discardSomeReadBytes();
        try {
            rest.writeBytes(in);
        } finally {
            in.release();
        }
        return rest;
    }

    /** Returns what is kept, which is then the caller's; null for nothing. */
    public @Nullable ByteBuf take() {
        ByteBuf rest = kept;
        kept = null;
        return rest;
    }

    /** Returns how many bytes are kept; from any thread, a moment old. */
    public int bytes() {
        ByteBuf rest = kept;
        return rest == null ? 0 : rest.readableBytes();
    }

    /** Returns whether nothing is kept. */
    public boolean isEmpty() {
        return kept == null;
    }

    /** Takes {@code in} over and keeps what has not been read of it. */
    public void keep(ByteBuf in, ByteBufAllocator allocator) {
        if (!in.isReadable()) {
            in.release();
        } else if (in.readableBytes() < in.capacity() / 2) {
            // the buffer of a read is large; the first bytes of a message should not hold on to it
            ByteBuf small = allocator.buffer(in.readableBytes());
            small.writeBytes(in);
            in.release();
            kept = small;
        } else {
            kept = in;
        }
    }

    /** Drops what is kept. */
    public void release() {
        ByteBuf rest = take();
        if (rest != null) {
            rest.release();
        }
    }
}
