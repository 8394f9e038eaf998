package dev.moa.sdk;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.StatusCode;
import dev.moa.sdk.call.CallOptions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call on its way through the interceptors. It remembers the innermost future, so that cancelling the caller's
 * future reaches the wire whatever futures the interceptors put between.
 */
final class OutgoingCall {

    private static final Logger log = LoggerFactory.getLogger(OutgoingCall.class);

    /** What comes behind the last interceptor. */
    @FunctionalInterface
    interface Sender {
        CompletableFuture<CallResponse> send(CallRequest request, Deadline deadline, CallOptions options);
    }

    private final Sender sender;
    private final List<ClientInterceptor> interceptors;
    private final CallOptions options;
    private volatile @Nullable CompletableFuture<CallResponse> innermost;

    OutgoingCall(Sender sender, List<ClientInterceptor> interceptors, CallOptions options) {
        this.sender = sender;
        this.interceptors = interceptors;
        this.options = options;
    }

    CompletableFuture<CallResponse> start(CallRequest request, Deadline deadline) {
        if (interceptors.isEmpty()) {
            return sender.send(request, deadline, options);
        }
        CompletableFuture<CallResponse> outer = new CompletableFuture<>();
        try {
            proceed(0, request, deadline)
                    .whenComplete((response, failure) ->
                            outer.complete(failure == null ? response : failed(request, failure)));
        } catch (RuntimeException e) {
            outer.complete(failed(request, e));
        }
        outer.whenComplete((response, failure) -> {
            CompletableFuture<CallResponse> inner = innermost;
            if (outer.isCancelled() && inner != null) {
                inner.cancel(false);
            }
        });
        return outer;
    }

    private CompletableFuture<CallResponse> proceed(int index, CallRequest request, Deadline deadline) {
        if (index == interceptors.size()) {
            CompletableFuture<CallResponse> inner = sender.send(request, deadline, options);
            innermost = inner;
            return inner;
        }
        return interceptors
                .get(index)
                .intercept(
                        request,
                        deadline,
                        (nextRequest, nextDeadline) -> proceed(index + 1, nextRequest, nextDeadline));
    }

    private static CallResponse failed(CallRequest request, Throwable thrown) {
        Throwable cause =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (cause instanceof MoaException known) {
            return known.toResponse(request.id());
        }
        log.error("an interceptor failed on {} {}", request.service(), request.method(), cause);
        return CallResponse.failure(
                request.id(), StatusCode.INTERNAL, "an interceptor of the caller failed (see its log)");
    }
}
