package dev.moa.protocol;

import java.util.concurrent.CompletionStage;

/**
 * What a moa port does with a call, whichever face it came in by.
 *
 * <p>Called on the connection's event loop: it must not block. A stage that fails is answered as
 * {@link MoaException} says, anything else as {@link StatusCode#INTERNAL} without its text.
 */
@FunctionalInterface
public interface CallHandler {

    /** Starts the call and returns at once; the stage ends with the response. */
    CompletionStage<CallResponse> handle(CallRequest request, IncomingCall call);
}
