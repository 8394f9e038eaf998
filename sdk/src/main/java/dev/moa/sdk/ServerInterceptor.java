package dev.moa.sdk;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.IncomingCall;
import java.util.concurrent.CompletionStage;

/**
 * Stands around every call that comes in: statistics, tracing, rules. Runs on the event loop and must not block;
 * safe for many threads.
 */
@FunctionalInterface
public interface ServerInterceptor {

    /** Answers the call itself, or hands it on by {@code next}, as it is or changed. */
    CompletionStage<CallResponse> intercept(CallRequest request, IncomingCall call, Next next);

    /** The rest of the way to the service. */
    @FunctionalInterface
    interface Next {
        /** Goes on with the call. */
        CompletionStage<CallResponse> proceed(CallRequest request, IncomingCall call);
    }
}
