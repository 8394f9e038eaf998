package dev.moa.protocol.resp;

/** The framing is lost: the peer gets the message as an error, and the connection is closed. */
public final class RespException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param message what stands behind {@code -ERR } */
    public RespException(String message) {
        super(message, null, false, false);
    }
}
