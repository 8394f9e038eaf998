package dev.moa.protocol;

/**
 * How a call ended. The numbers and names are gRPC's canonical status codes; the HTTP status is the one of
 * the standard mapping in {@code google.rpc.Code}.
 */
public enum StatusCode {
    OK(0, 200),
    CANCELLED(1, 499),
    /** The service threw an exception, declared or not. */
    UNKNOWN(2, 500),
    INVALID_ARGUMENT(3, 400),
    DEADLINE_EXCEEDED(4, 504),
    /** No such service. */
    NOT_FOUND(5, 404),
    ALREADY_EXISTS(6, 409),
    PERMISSION_DENIED(7, 403),
    /** Too much: a limit, a full queue, an overloaded instance. */
    RESOURCE_EXHAUSTED(8, 429),
    FAILED_PRECONDITION(9, 400),
    ABORTED(10, 409),
    OUT_OF_RANGE(11, 400),
    /** The service has no such method. */
    UNIMPLEMENTED(12, 501),
    INTERNAL(13, 500),
    /** The service is known but no instance of it can be called now. */
    UNAVAILABLE(14, 503),
    DATA_LOSS(15, 500),
    UNAUTHENTICATED(16, 401);

    private static final StatusCode[] BY_NUMBER = values();

    private final int number;
    private final int httpStatus;

    StatusCode(int number, int httpStatus) {
        this.number = number;
        this.httpStatus = httpStatus;
    }

    /** Returns the code as written on the wire. */
    public int number() {
        return number;
    }

    /** Returns the status of an HTTP reply that carries this code. */
    public int httpStatus() {
        return httpStatus;
    }

    /** Returns the code with this number, or {@link #UNKNOWN} for a number that this version does not know. */
    public static StatusCode of(int number) {
        return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : UNKNOWN;
    }
}
