package dev.moa.protocol.frame;

import dev.moa.protocol.Payload;
import org.jspecify.annotations.Nullable;

/**
 * One frame as it came.
 *
 * @param kind what it is for; null for a kind that this version does not know
 * @param stream which call or ping it belongs to; 0 for the connection as a whole
 * @param bytes the header block and, right behind it, the body; shared, nobody changes it
 * @param headerLength where in {@code bytes} the body begins
 */
public record Frame(@Nullable FrameKind kind, int flags, long stream, byte[] bytes, int headerLength) {

    /** The first byte of each frame: {@code M} with the high bit set, which no RESP, TLS or HTTP starts with. */
    public static final int MAGIC = 0xcd;

    /** The version of the protocol that this code speaks. */
    public static final int VERSION = 1;

    /** Bytes before the header block. */
    public static final int FIXED_LENGTH = 20;

    /** The longest header block, in bytes. */
    public static final int MAX_HEADER_BYTES = 64 * 1024;

    /** Returns a reader of the header block. */
    public HeaderReader header() {
        return new HeaderReader(bytes, 0, headerLength);
    }

    /** Returns the body as what the frame says that it is, not copied. */
    Payload body(Payload.Format format, long types) {
        return Payload.of(format, bytes, headerLength, bytes.length - headerLength)
                .withTypes(types);
    }

    /** Returns the length of the body in bytes. */
    public int bodyLength() {
        return bytes.length - headerLength;
    }
}
