package dev.moa.sdk;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import java.util.concurrent.CompletableFuture;

/**
 * Stands around every call that goes out, once per call and outside its retries: statistics, tracing, rules. Runs
 * on the caller's thread and must not block; safe for many threads.
 */
@FunctionalInterface
public interface ClientInterceptor {

    /** Answers the call itself, or hands it on by {@code next}, as it is or changed. */
    CompletableFuture<CallResponse> intercept(CallRequest request, Deadline deadline, Next next);

    /** The rest of the way to the service. */
    @FunctionalInterface
    interface Next {
        /** Goes on with the call. The future never completes exceptionally; cancelling it cancels the call. */
        CompletableFuture<CallResponse> proceed(CallRequest request, Deadline deadline);
    }
}
