package dev.moa.protocol.frame;

import dev.moa.protocol.Payload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Appends one frame to a buffer: {@link #begin}, its entries, {@link #end}.
 *
 * <p>Text that is longer than its key allows is refused with {@link IllegalArgumentException}; then nothing of the
 * frame stays in the buffer if the caller calls {@link #abandon()}.
 */
public final class FrameWriter {

    private final ByteBuf out;
    private final int start;

    private FrameWriter(ByteBuf out) {
        this.out = out;
        this.start = out.writerIndex();
    }

    /** Starts a frame. */
    public static FrameWriter begin(ByteBuf out, FrameKind kind, long stream) {
        FrameWriter writer = new FrameWriter(out);
        out.ensureWritable(Frame.FIXED_LENGTH);
        out.writeByte(Frame.MAGIC);
        out.writeByte(Frame.VERSION);
        out.writeByte(kind.number());
        out.writeByte(0);
        out.writeLong(stream);
        out.writeLong(0);
        return writer;
    }

    /** Appends a frame without header block and body. */
    public static void bare(ByteBuf out, FrameKind kind, long stream) {
        begin(out, kind, stream).end(null);
    }

    /** Adds a number. */
    public FrameWriter number(HeaderKey key, long value) {
        entry(key, Long.BYTES);
        out.writeLong(value);
        return this;
    }

    /** Adds text. */
    public FrameWriter text(HeaderKey key, String value) {
        entry(key, ByteBufUtil.utf8Bytes(value));
        ByteBufUtil.writeUtf8(out, value);
        return this;
    }

    /** Adds text if there is some. */
    public FrameWriter textIfAny(HeaderKey key, @Nullable String value) {
        return value == null ? this : text(key, value);
    }

    FrameWriter bytes(HeaderKey key, Payload value) {
        entry(key, value.length());
        out.writeBytes(value.array(), value.offset(), value.length());
        return this;
    }

    FrameWriter pair(HeaderKey key, String name, String value) {
        byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        byte[] valueBytes = value.getBytes(StandardCharsets.UTF_8);
        if (nameBytes.length > 255) {
            throw new IllegalArgumentException(
                    "the name of a %s is %d bytes long (expected: at most 255)".formatted(key, nameBytes.length));
        }
        entry(key, 1 + nameBytes.length + valueBytes.length);
        out.writeByte(nameBytes.length);
        out.writeBytes(nameBytes);
        out.writeBytes(valueBytes);
        return this;
    }

    /** Adds entries as they came from a peer. */
    FrameWriter carried(byte[] entries) {
        out.writeBytes(entries);
        return this;
    }

    private void entry(HeaderKey key, int length) {
        if (length > key.maxBytes()) {
            throw new IllegalArgumentException(
                    "header %s is %d bytes long (expected: at most %d)".formatted(key, length, key.maxBytes()));
        }
        out.ensureWritable(5 + length);
        out.writeShort(key.number());
        out.writeByte(key.type().number());
        out.writeShort(length);
    }

    /** Ends the frame with its body; null for none. */
    public void end(@Nullable Payload body) {
        int headerLength = out.writerIndex() - start - Frame.FIXED_LENGTH;
        if (headerLength > Frame.MAX_HEADER_BYTES) {
            throw new IllegalArgumentException("a header block of %d bytes (expected: at most %d)"
                    .formatted(headerLength, Frame.MAX_HEADER_BYTES));
        }
        out.setInt(start + 12, headerLength);
        if (body != null) {
            out.setInt(start + 16, body.length());
            out.writeBytes(body.array(), body.offset(), body.length());
        }
    }

    /** Takes the frame out of the buffer again. */
    public void abandon() {
        out.writerIndex(start);
    }
}
