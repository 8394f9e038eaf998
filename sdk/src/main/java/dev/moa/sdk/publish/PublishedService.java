package dev.moa.sdk.publish;

import dev.moa.protocol.CallHandler;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.IncomingCall;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.sdk.codec.BodyCodec;
import dev.moa.sdk.codec.CborCodec;
import dev.moa.sdk.codec.ServiceInterface;
import dev.moa.sdk.codec.ServiceMethod;
import dev.moa.sdk.context.CallScope;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the methods of a Java interface with an object. Blocking methods run on workers, a bounded number at
 * once, and where the JVM allows it those that are fast begin on the event loop; those marked
 * {@link dev.moa.sdk.annotation.NonBlocking} stay there. Built in are {@code $ping}, {@code $describe} and {@code $openapi}.
 *
 * <p>A call whose deadline has passed or that was cancelled while it waited is not started.
 */
public final class PublishedService implements CallHandler {

    private static final Logger log = LoggerFactory.getLogger(PublishedService.class);
    private static final Payload NOT_SENT = Payload.json("{\"sent\":false}");
    private static final Payload NOT_STARTED = Payload.json("{\"started\":false}");

    private final ServiceName name;
    private final ServiceInterface methods;
    private final AcceptedBodies bodies;
    private final Object implementation;
    private final Dispatch dispatch;
    private final ServiceLimits limits;
    private final MethodPlaces places;
    private final BuiltIns builtIns;

    /** A service that takes JSON and what {@link CborCodec} derives; the parameters are those below. */
    public <T> PublishedService(
            ServiceName name, Class<T> type, T implementation, Executor threads, ServiceLimits limits) {
        this(name, type, implementation, threads, limits, List.of(CborCodec.INSTANCE));
    }

    /**
     * @param threads where blocking methods run; kept by the caller
     * @param codecs of the bodies that it takes beside JSON
     * @throws IllegalArgumentException if {@code type} is not an interface, has overloaded methods or lacks one that has a
     *     limit
     */
    public <T> PublishedService(
            ServiceName name,
            Class<T> type,
            T implementation,
            Executor threads,
            ServiceLimits limits,
            List<BodyCodec> codecs) {
        this.name = name;
        this.methods = ServiceInterface.of(type);
        this.bodies = new AcceptedBodies(name, methods, codecs);
        this.implementation = implementation;
        this.dispatch = new Dispatch(methods, threads, limits);
        this.limits = limits;
        this.places = new MethodPlaces(methods, limits);
        this.builtIns = new BuiltIns(name, methods, dispatch.workers());
    }

    @Override
    public CompletionStage<CallResponse> handle(CallRequest request, IncomingCall call) {
        ServiceMethod method = methods.method(request.method());
        if (method == null) {
            return other(request);
        }
        CallResponse refusal = bodies.refusal(request);
        if (refusal != null) {
            return CompletableFuture.completedFuture(refusal);
        }
        Invocation invocation = new Invocation(method, request, call);
        try {
            begin(method, request, invocation);
        } catch (RuntimeException | Error e) {
            // there is no thread for it: its place is given back
            invocation.completeExceptionally(e);
            throw e;
        }
        return invocation;
    }

    private void begin(ServiceMethod method, CallRequest request, Invocation invocation) {
        if (!places.take(method, invocation)) {
            invocation.complete(crowded(request));
        } else if (method.isNonBlocking()) {
            invocation.run();
        } else if (!dispatch.admits()) {
            invocation.complete(overloaded(request, dispatch.limit()));
        } else if (!dispatch.run(method, invocation)) {
            invocation.complete(full(request));
        }
    }

    private CallResponse crowded(CallRequest request) {
        return CallResponse.failure(
                request.id(),
                StatusCode.RESOURCE_EXHAUSTED,
                "%s %s: all places of this method are taken (maxInFlight; call another instance or later)"
                        .formatted(name, request.method()),
                NOT_STARTED);
    }

    private CallResponse overloaded(CallRequest request, int limit) {
        return CallResponse.failure(
                request.id(),
                StatusCode.RESOURCE_EXHAUSTED,
                "%s: calls take much longer than usual, so this instance takes %d at once for now (call another or later)"
                        .formatted(name, limit),
                NOT_STARTED);
    }

    private CallResponse full(CallRequest request) {
        return CallResponse.failure(
                request.id(),
                StatusCode.RESOURCE_EXHAUSTED,
                "%s: %d calls at once and %d waiting (limit of this instance; call another or later)"
                        .formatted(name, limits.concurrency(), limits.queue()),
                NOT_STARTED);
    }

    /** Returns whether the service has a method of this name, built in or its own. */
    public boolean has(String method) {
        return methods.method(method) != null || BuiltIns.has(method);
    }

    /** Returns whether calls of the method begin on the event loop: marked so, or for now, because they have been fast. */
    public boolean isOnLoop(String method) {
        ServiceMethod known = methods.method(method);
        return known != null && dispatch.isOnLoop(known);
    }

    /** Returns how many calls may be there at once now, without those marked as not blocking. */
    public int limit() {
        return dispatch.limit();
    }

    /** Returns the calls that were taken and have not ended, without those marked as not blocking. */
    public int pending() {
        return dispatch.workers().pending();
    }

    private CompletionStage<CallResponse> other(CallRequest request) {
        return BuiltIns.has(request.method())
                ? builtIns.handle(request)
                : CompletableFuture.completedFuture(CallResponse.failure(
                        request.id(),
                        StatusCode.UNIMPLEMENTED,
                        "%s has no method '%s' (it has: %s)"
                                .formatted(
                                        name,
                                        request.method(),
                                        methods.methods().stream()
                                                .map(ServiceMethod::name)
                                                .collect(Collectors.joining(", ")))));
    }

    private CallResponse success(ServiceMethod method, CallRequest request, @Nullable Object value) {
        try {
            return CallResponse.success(request.id(), bodies.writeResult(method, request.args(), value));
        } catch (RuntimeException e) {
            return failure(method, request, e);
        }
    }

    private CallResponse failure(ServiceMethod method, CallRequest request, Throwable thrown) {
        if (thrown instanceof MoaException known) {
            return withoutMarks(known.toResponse(request.id()));
        }
        Class<?> declared = method.declared(thrown);
        if (declared != null) {
            return DeclaredException.toResponse(request.id(), thrown, declared);
        }
        return undeclared(request, thrown);
    }

    private CallResponse undeclared(CallRequest request, Throwable thrown) {
        String errorId = Long.toHexString(
                java.util.concurrent.ThreadLocalRandom.current().nextLong());
        log.error("{} {} failed, error id {}", name, request.method(), errorId, thrown);
        return CallResponse.failure(
                request.id(),
                StatusCode.INTERNAL,
                "%s %s failed (error id %s, see the log of the service)".formatted(name, request.method(), errorId),
                Payload.json("{\"errorId\":\"" + errorId + "\"}"));
    }

    /**
     * A failure of a call that this method made says of that call, not of this one, that it never left or was not
     * begun: a caller who believed it would run this method twice.
     */
    private static CallResponse withoutMarks(CallResponse response) {
        Payload details = response.details();
        return NOT_STARTED.equals(details) || NOT_SENT.equals(details) || Payload.JSON_EXPECTED.equals(details)
                ? new CallResponse(response.id(), response.code(), null, response.message(), null)
                : response;
    }

    private static Throwable unwrap(Throwable thrown) {
        Throwable inner = thrown;
        while ((inner instanceof InvocationTargetException || inner instanceof CompletionException)
                && inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner;
    }

    /** One call of a method, from its turn to its answer: the work, its scope's and its future in one object. */
    private final class Invocation extends CompletableFuture<CallResponse>
            implements Runnable, Callable<@Nullable Object> {
        private final ServiceMethod method;
        private final CallRequest request;
        private final IncomingCall call;

        Invocation(ServiceMethod method, CallRequest request, IncomingCall call) {
            this.method = method;
            this.request = request;
            this.call = call;
        }

        @Override
        public void run() {
            if (call.isCancelled()) {
                complete(CallResponse.failure(
                        request.id(), StatusCode.CANCELLED, "cancelled before it was started", NOT_STARTED));
                return;
            }
            if (call.deadline().hasPassed()) {
                complete(CallResponse.failure(
                        request.id(),
                        StatusCode.DEADLINE_EXCEEDED,
                        "the deadline passed before it was started",
                        NOT_STARTED));
                return;
            }
            try {
                Object value = CallScope.of(request, call).call(this);
                if (value instanceof CompletionStage<?> stage && method.isAsync()) {
                    stage.whenComplete((result, failure) -> complete(
                            failure == null
                                    ? success(method, request, result)
                                    : failure(method, request, unwrap(failure))));
                } else {
                    complete(success(method, request, value));
                }
            } catch (Throwable e) {
                // outermost on a worker: whatever it is, the caller gets an answer
                complete(failure(method, request, unwrap(e)));
            }
        }

        /** Calls the method; by the scope only. */
        @Override
        public @Nullable Object call() throws ReflectiveOperationException {
            return method.method().invoke(implementation, bodies.readArguments(method, request.args()));
        }
    }
}
