package dev.moa.protocol.http;

import dev.moa.protocol.CallResponse;
import dev.moa.protocol.StatusCode;
import org.jspecify.annotations.Nullable;

/**
 * An answer by HTTP.
 *
 * @param status the status, which mostly follows from the response's code
 * @param response the body
 * @param header a header that belongs to the status, as {@code Allow}; null for none
 * @param headerValue its value; null for none
 */
public record HttpReply(
        int status,
        CallResponse response,
        @Nullable String header,
        @Nullable String headerValue) {

    /** Returns the reply that carries {@code response}. */
    public static HttpReply of(CallResponse response) {
        return new HttpReply(response.code().httpStatus(), response, null, null);
    }

    /** Returns a reply that refuses a request. */
    public static HttpReply refusal(int status, StatusCode code, String message) {
        return new HttpReply(status, CallResponse.failure(null, code, message), null, null);
    }

    HttpReply with(String name, String value) {
        return new HttpReply(status, response, name, value);
    }

    /** Returns the reply to a request whose token is missing or not known. */
    public static HttpReply unauthenticated() {
        return refusal(
                        401,
                        StatusCode.UNAUTHENTICATED,
                        "the port asks for a token that it knows (expected: a header Authorization: Bearer <token>)")
                .with("WWW-Authenticate", "Bearer");
    }

    /** Returns the reply to a body that is longer than {@code maxBytes}. */
    public static HttpReply tooLong(int maxBytes) {
        return refusal(413, StatusCode.RESOURCE_EXHAUSTED, "the body is longer than %d bytes".formatted(maxBytes));
    }
}
