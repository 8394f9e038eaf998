package dev.moa.protocol.frame;

/** The framing is lost, or the peer does what the protocol does not allow: it is told why, and the connection ends. */
public final class FrameException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param message for people at the other end: value, limit, what was expected */
    public FrameException(String message) {
        super(message, null, false, false);
    }
}
