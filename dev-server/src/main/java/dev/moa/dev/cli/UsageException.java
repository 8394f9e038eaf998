package dev.moa.dev.cli;

/** The command line is wrong; the message says what is. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
        super(message);
    }
}
