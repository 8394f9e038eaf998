package dev.moa.dev;

/** The platform cannot do what was asked; the message says what, where and what to do, for people. */
public final class PlatformException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public PlatformException(String message) {
        super(message);
    }
}
