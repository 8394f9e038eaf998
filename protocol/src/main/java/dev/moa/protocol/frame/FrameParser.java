package dev.moa.protocol.frame;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Takes frames out of a stream of bytes, however it is cut. Lengths are held against the limits as soon as the
 * fixed header has come; memory is taken for bytes that have come, never for bytes that are announced. Belongs to
 * one connection.
 */
public final class FrameParser {

    private int maxHeaderBytes;
    private int maxBodyBytes;

    /** A parser that takes frames of at most these lengths, in bytes. */
    public FrameParser(int maxHeaderBytes, int maxBodyBytes) {
        limit(maxHeaderBytes, maxBodyBytes);
    }

    /** Sets other limits for the frames to come. */
    public void limit(int headerBytes, int bodyBytes) {
        maxHeaderBytes = headerBytes;
        maxBodyBytes = bodyBytes;
    }

    /**
     * Takes the next frame; returns null if {@code in} does not hold all of it yet.
     *
     * @throws FrameException if the framing is lost or a limit is passed; the parser is of no use afterwards
     */
    public @Nullable Frame next(ByteBuf in) throws FrameException {
        int readable = in.readableBytes();
        if (readable == 0) {
            return null;
        }
        int at = in.readerIndex();
        int magic = in.getUnsignedByte(at);
        if (magic != Frame.MAGIC) {
            throw new FrameException(
                    "expected the first byte of a frame, 0x%02x, got 0x%02x".formatted(Frame.MAGIC, magic));
        }
        if (readable < Frame.FIXED_LENGTH) {
            return null;
        }
        int version = in.getUnsignedByte(at + 1);
        if (version != Frame.VERSION) {
            throw new FrameException("frame version %d (expected: %d)".formatted(version, Frame.VERSION));
        }
        long headerLength = in.getUnsignedInt(at + 12);
        long bodyLength = in.getUnsignedInt(at + 16);
        if (headerLength > maxHeaderBytes) {
            throw new FrameException("a header block of %d bytes (limit %d)".formatted(headerLength, maxHeaderBytes));
        }
        if (bodyLength > maxBodyBytes) {
            throw new FrameException("a body of %d bytes (limit %d)".formatted(bodyLength, maxBodyBytes));
        }
        if (readable < Frame.FIXED_LENGTH + headerLength + bodyLength) {
            return null;
        }
        int kind = in.getUnsignedByte(at + 2);
        int flags = in.getUnsignedByte(at + 3);
        long stream = in.getLong(at + 4);
        byte[] bytes = new byte[(int) (headerLength + bodyLength)];
        in.skipBytes(Frame.FIXED_LENGTH);
        in.readBytes(bytes);
        return new Frame(FrameKind.of(kind), flags, stream, bytes, (int) headerLength);
    }
}
