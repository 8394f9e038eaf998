package dev.moa.sdk;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.IncomingCall;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.StatusCode;
import dev.moa.sdk.stats.MethodStatistics;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Counts calls while they are served. Keeps no state. */
final class CountedCall {

    private CountedCall() {}

    /** Serves a call, and counts how it ends. */
    static CompletionStage<CallResponse> serve(
            MethodStatistics counted, CallRequest request, IncomingCall call, ServerInterceptor.Next chain) {
        long startedAt = System.nanoTime();
        counted.started();
        CompletionStage<CallResponse> answer;
        try {
            answer = chain.proceed(request, call);
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        if (answer instanceof CompletableFuture<CallResponse> future
                && future.isDone()
                && !future.isCompletedExceptionally()) {
            count(counted, request, future.join(), null, startedAt);
            return answer;
        }
        return answer.whenComplete((response, failure) -> count(counted, request, response, failure, startedAt));
    }

    private static void count(
            MethodStatistics counted,
            CallRequest request,
            @Nullable CallResponse response,
            @Nullable Throwable failure,
            long startedAt) {
        Payload result = response == null ? null : response.result();
        counted.ended(
                response == null ? failed(failure) : response.code(),
                System.nanoTime() - startedAt,
                request.args().length(),
                result == null ? 0 : result.length());
    }

    private static StatusCode failed(@Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof MoaException known ? known.code() : StatusCode.INTERNAL;
    }
}
