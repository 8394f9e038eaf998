package dev.moa.protocol.frame;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The first frame each way.
 *
 * @param minVersion the lowest version that the sender speaks
 * @param maxVersion the highest version that the sender speaks
 * @param version in the answer: the version that both speak from now on; 0 in the question
 * @param token the sender's secret; null for none
 * @param app what the sender is called; null where unknown
 * @param maxBodyBytes the longest body that the sender takes, in bytes
 * @param maxInFlight how many requests in flight the sender takes
 * @param maxInFlightBytes how many bytes of bodies may be in flight towards the sender
 * @param keepAliveMs the sender sends something at least this often, in milliseconds; 0 where it promises nothing
 */
public record Hello(
        long minVersion,
        long maxVersion,
        long version,
        @Nullable String token,
        @Nullable String app,
        long maxBodyBytes,
        long maxInFlight,
        long maxInFlightBytes,
        long keepAliveMs) {

    /** Header bytes of the longest HELLO. */
    public static final int MAX_HEADER_BYTES = 4 * 1024;

    private static final long DEFAULT_MAX_BODY_BYTES = 1 << 20;
    private static final long DEFAULT_MAX_IN_FLIGHT = 128;
    private static final long DEFAULT_MAX_IN_FLIGHT_BYTES = 16 << 20;

    /** Appends the frame. */
    public void write(ByteBuf out) {
        FrameWriter frame = FrameWriter.begin(out, FrameKind.HELLO, 0)
                .number(HeaderKey.MIN_VERSION, minVersion)
                .number(HeaderKey.MAX_VERSION, maxVersion);
        if (version > 0) {
            frame.number(HeaderKey.VERSION, version);
        }
        frame.textIfAny(HeaderKey.TOKEN, token)
                .textIfAny(HeaderKey.APP, app)
                .number(HeaderKey.MAX_BODY_BYTES, maxBodyBytes)
                .number(HeaderKey.MAX_IN_FLIGHT, maxInFlight);
        if (keepAliveMs > 0) {
            frame.number(HeaderKey.KEEP_ALIVE_MS, keepAliveMs);
        }
        frame.number(HeaderKey.MAX_IN_FLIGHT_BYTES, maxInFlightBytes).end(null);
    }

    /** Reads the frame. */
    public static Hello read(Frame frame) throws FrameException {
        long minVersion = 1;
        long maxVersion = 1;
        long version = 0;
        String token = null;
        String app = null;
        long maxBodyBytes = DEFAULT_MAX_BODY_BYTES;
        long maxInFlight = DEFAULT_MAX_IN_FLIGHT;
        long maxInFlightBytes = DEFAULT_MAX_IN_FLIGHT_BYTES;
        long keepAliveMs = 0;
        HeaderReader header = frame.header();
        while (header.next()) {
            switch (header.key()) {
                case 32 -> minVersion = header.number(HeaderKey.MIN_VERSION);
                case 33 -> maxVersion = header.number(HeaderKey.MAX_VERSION);
                case 34 -> version = header.number(HeaderKey.VERSION);
                case 35 -> token = header.text(HeaderKey.TOKEN);
                case 7 -> app = header.text(HeaderKey.APP);
                case 36 -> maxBodyBytes = Math.max(0, header.number(HeaderKey.MAX_BODY_BYTES));
                case 37 -> maxInFlight = Math.max(1, header.number(HeaderKey.MAX_IN_FLIGHT));
                case 39 -> maxInFlightBytes = Math.max(1, header.number(HeaderKey.MAX_IN_FLIGHT_BYTES));
                case 38 -> keepAliveMs = Math.max(0, header.number(HeaderKey.KEEP_ALIVE_MS));
                default -> {}
            }
        }
        return new Hello(
                minVersion, maxVersion, version, token, app, maxBodyBytes, maxInFlight, maxInFlightBytes, keepAliveMs);
    }
}
