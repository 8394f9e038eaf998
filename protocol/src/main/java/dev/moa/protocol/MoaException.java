package dev.moa.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A call that did not succeed: the one exception that a peer's failure becomes, and the one that a service
 * throws to choose the code its caller sees.
 */
public class MoaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final StatusCode code;
    private final transient @Nullable Payload details;

    /** @param code any code but {@link StatusCode#OK} */
    public MoaException(StatusCode code, String message) {
        this(code, message, null, null);
    }

    /** @param cause kept for the local log; it never travels */
    public MoaException(StatusCode code, String message, @Nullable Throwable cause) {
        this(code, message, null, cause);
    }

    /** @param details a JSON object that travels with the failure, or null */
    public MoaException(StatusCode code, String message, @Nullable Payload details, @Nullable Throwable cause) {
        super(message, cause);
        if (code == StatusCode.OK) {
            throw new IllegalArgumentException("code: OK (expected: a failure)");
        }
        this.code = code;
        this.details = details;
    }

    /** Returns the code. */
    public StatusCode code() {
        return code;
    }

    /** Returns the JSON object that travels with the failure, or null. */
    public @Nullable Payload details() {
        return details;
    }

    /** Returns the response that tells the caller of this failure. */
    public CallResponse toResponse(@Nullable String id) {
        String message = getMessage();
        return CallResponse.failure(id, code, message == null ? code.name() : message, details);
    }
}
