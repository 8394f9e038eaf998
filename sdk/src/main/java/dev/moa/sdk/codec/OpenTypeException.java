package dev.moa.sdk.codec;

/** An interface names a type whose values could be of any class, so its classes cannot be listed. */
public final class OpenTypeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** @param message which type, where, and what would do */
    public OpenTypeException(String message) {
        super(message);
    }
}
