package dev.moa.monitor.stream;

/** Redis is away, or does not answer in time. What was asked may or may not have happened. */
public final class StreamException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StreamException(String message, Throwable cause) {
        super(message, cause);
    }

    StreamException(String message) {
        super(message);
    }
}
