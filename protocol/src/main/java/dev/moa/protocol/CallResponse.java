package dev.moa.protocol;

import org.jspecify.annotations.Nullable;

/**
 * How a call ended: the response object of every face of moa.
 *
 * @param id the request's id; null where it had none
 * @param code OK, or why not
 * @param result the method's result; null if and only if the call failed
 * @param message for people, says what to do; null if and only if the call succeeded
 * @param details a JSON object about the failure; null where there is none
 * @param why a JSON object that says which instance got the call and why; null unless it was asked for
 */
public record CallResponse(
        @Nullable String id,
        StatusCode code,
        @Nullable Payload result,
        @Nullable String message,
        @Nullable Payload details,
        @Nullable Payload why) {

    /** A response that does not say why it came from where it came from. */
    public CallResponse(
            @Nullable String id,
            StatusCode code,
            @Nullable Payload result,
            @Nullable String message,
            @Nullable Payload details) {
        this(id, code, result, message, details, null);
    }

    /** Returns the response of a call that succeeded. */
    public static CallResponse success(@Nullable String id, Payload result) {
        return new CallResponse(id, StatusCode.OK, result, null, null);
    }

    /** Returns the response of a call that failed. */
    public static CallResponse failure(@Nullable String id, StatusCode code, String message) {
        return failure(id, code, message, null);
    }

    /** Returns the response of a call that failed, with a JSON object about it. */
    public static CallResponse failure(
            @Nullable String id, StatusCode code, String message, @Nullable Payload details) {
        return new CallResponse(id, code, null, message, details);
    }

    /** Returns whether the call succeeded. */
    public boolean isOk() {
        return code == StatusCode.OK;
    }

    /** Returns the same response with another id. */
    public CallResponse withId(@Nullable String newId) {
        return new CallResponse(newId, code, result, message, details, why);
    }

    /** Returns the same response with a JSON object that says why it came from where it came from. */
    public CallResponse withWhy(@Nullable Payload explanation) {
        return new CallResponse(id, code, result, message, details, explanation);
    }

    /** Returns the result of a call that succeeded, or throws what the failure says. */
    public Payload resultOrThrow() {
        Payload answer = result;
        if (isOk() && answer != null) {
            return answer;
        }
        throw new MoaException(code, message == null ? code.name() : message, details, null);
    }
}
