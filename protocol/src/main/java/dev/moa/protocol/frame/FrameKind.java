package dev.moa.protocol.frame;

import org.jspecify.annotations.Nullable;

/** What a frame is for. A frame of a kind that the receiver does not know is passed over. */
public enum FrameKind {
    /** The first frame each way: versions, token, limits. */
    HELLO(1),
    REQUEST(2),
    RESPONSE(3),
    /** A request that nobody waits for. */
    ONEWAY(4),
    /** Nobody waits for the response of this stream any more. */
    CANCEL(5),
    PING(6),
    PONG(7),
    /** No more requests on this connection; those under way are answered. */
    GOAWAY(8),
    /** How many requests may be in flight from now on. */
    WINDOW(9),
    /** Reserved: a message that the server starts. */
    PUSH(10),
    /** Reserved: a part of a streamed body. */
    DATA(11);

    private static final @Nullable FrameKind[] BY_NUMBER = new FrameKind[16];

    static {
        for (FrameKind kind : values()) {
            BY_NUMBER[kind.number] = kind;
        }
    }

    private final int number;

    FrameKind(int number) {
        this.number = number;
    }

    /** Returns the number on the wire. */
    public int number() {
        return number;
    }

    /** Returns the kind with this number, or null for one that this version does not know. */
    public static @Nullable FrameKind of(int number) {
        return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;
    }
}
