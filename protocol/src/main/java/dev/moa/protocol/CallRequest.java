package dev.moa.protocol;

import org.jspecify.annotations.Nullable;

/**
 * One call: the request object of every face of moa.
 *
 * @param id the caller's mark, given back in the response; null where none
 * @param service whom to call
 * @param method what to call
 * @param args the arguments: a JSON array (by position) or object (by name)
 * @param ctx what travels beside them
 * @param task the JSON object {@code task} of an asynchronous call; null for a plain one
 */
public record CallRequest(
        @Nullable String id,
        ServiceName service,
        String method,
        Payload args,
        CallContext ctx,
        @Nullable Payload task) {

    /** @throws IllegalArgumentException if {@code method} is not a method name */
    public CallRequest {
        MethodName.require(method);
    }

    /** Returns a plain call without id and context. */
    public static CallRequest of(ServiceName service, String method, Payload args) {
        return new CallRequest(null, service, method, args, CallContext.EMPTY, null);
    }

    /** Returns the same call with another context. */
    public CallRequest withCtx(CallContext newCtx) {
        return new CallRequest(id, service, method, args, newCtx, task);
    }
}
