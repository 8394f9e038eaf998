package dev.moa.protocol.frame;

import io.netty.buffer.ByteBuf;

/**
 * How much may be in flight towards the sender from now on.
 *
 * @param maxInFlight requests, at least 1
 * @param maxInFlightBytes bytes of bodies, at least 1
 */
public record Window(long maxInFlight, long maxInFlightBytes) {

    /** Appends the frame. */
    public void write(ByteBuf out) {
        FrameWriter.begin(out, FrameKind.WINDOW, 0)
                .number(HeaderKey.MAX_IN_FLIGHT, maxInFlight)
                .number(HeaderKey.MAX_IN_FLIGHT_BYTES, maxInFlightBytes)
                .end(null);
    }

    /**
     * Reads the frame.
     *
     * @param before what stays where the frame says nothing
     */
    public static Window read(Frame frame, Window before) throws FrameException {
        long maxInFlight = before.maxInFlight;
        long maxInFlightBytes = before.maxInFlightBytes;
        HeaderReader header = frame.header();
        while (header.next()) {
            switch (header.key()) {
                case 37 -> maxInFlight = Math.max(1, header.number(HeaderKey.MAX_IN_FLIGHT));
                case 39 -> maxInFlightBytes = Math.max(1, header.number(HeaderKey.MAX_IN_FLIGHT_BYTES));
                default -> {}
            }
        }
        return new Window(maxInFlight, maxInFlightBytes);
    }
}
