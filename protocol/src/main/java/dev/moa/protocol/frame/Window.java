package dev.moa.protocol.frame;

import io.netty.buffer.ByteBuf;

/**
 * How many requests may be in flight from now on.
 *
 * @param maxInFlight at least 1
 */
public record Window(long maxInFlight) {

    /** Appends the frame. */
    public void write(ByteBuf out) {
        FrameWriter.begin(out, FrameKind.WINDOW, 0)
                .number(HeaderKey.MAX_IN_FLIGHT, maxInFlight)
                .end(null);
    }

    /** Reads the frame. */
    public static Window read(Frame frame) throws FrameException {
        HeaderReader header = frame.header();
        while (header.next()) {
            if (header.key() == HeaderKey.MAX_IN_FLIGHT.number()) {
                return new Window(Math.max(1, header.number(HeaderKey.MAX_IN_FLIGHT)));
            }
        }
        throw new FrameException("WINDOW without MAX_IN_FLIGHT");
    }
}
