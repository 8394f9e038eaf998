package dev.moa.codec.hessian;

/** A body asks for more memory or stack than its bytes can be worth. */
final class BoundExceededException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BoundExceededException(String message) {
        super(message);
    }
}
