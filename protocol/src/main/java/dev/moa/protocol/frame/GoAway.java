package dev.moa.protocol.frame;

import dev.moa.protocol.StatusCode;

/**
 * No more requests on this connection.
 *
 * @param code why: UNAVAILABLE for a process that stops, UNAUTHENTICATED for a token that is not known
 * @param message for people
 */
public record GoAway(StatusCode code, String message) {

    /** Reads the frame. */
    public static GoAway read(Frame frame) throws FrameException {
        long code = StatusCode.UNAVAILABLE.number();
        String message = "no reason given";
        HeaderReader header = frame.header();
        while (header.next()) {
            switch (header.key()) {
                case 16 -> code = header.number(HeaderKey.CODE);
                case 17 -> message = header.text(HeaderKey.MESSAGE);
                default -> {}
            }
        }
        StatusCode status = code <= 0 || code > 1_000 ? StatusCode.UNAVAILABLE : StatusCode.of((int) code);
        return new GoAway(status, message);
    }
}
