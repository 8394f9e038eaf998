package dev.moa.sdk.proxy;

import dev.moa.protocol.CallContext;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.client.WaitingCaller;
import dev.moa.sdk.call.CallOptions;
import dev.moa.sdk.codec.BodyCodec;
import dev.moa.sdk.codec.ServiceInterface;
import dev.moa.sdk.codec.ServiceMethod;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Turns calls of a Java interface into calls of a service. A method that returns a
 * {@link java.util.concurrent.CompletionStage} returns at once; any other waits for the answer. Failures are
 * {@link MoaException}s, or the exceptions that the method declares.
 */
public final class ServiceProxy implements InvocationHandler {

    /** How a request is sent. */
    @FunctionalInterface
    public interface Sender {
        /** Sends a request; the future never completes exceptionally, and cancelling it cancels the call. */
        CompletableFuture<CallResponse> send(CallRequest request, CallOptions options);
    }

    /** So long after its deadline a call has ended, unless nobody can end it. */
    private static final long GRACE_MS = 1_000;

    private final ServiceName service;
    private final ServiceInterface methods;
    private final BodyChoice bodies;
    private final Sender sender;
    private final ToLongFunction<CallRequest> timeoutMs;

    private ServiceProxy(
            ServiceName service,
            ServiceInterface methods,
            BodyChoice bodies,
            Sender sender,
            ToLongFunction<CallRequest> timeoutMs) {
        this.service = service;
        this.methods = methods;
        this.bodies = bodies;
        this.sender = sender;
        this.timeoutMs = timeoutMs;
    }

    /**
     * Returns an object whose methods call {@code service}.
     *
     * @param codec used with instances that have derived the same types; null means JSON always
     * @param timeoutMs how many milliseconds a call may take
     * @throws IllegalArgumentException if {@code type} is not an interface or has overloaded methods
     */
    public static <T> T of(
            ServiceName service,
            Class<T> type,
            @Nullable BodyCodec codec,
            Sender sender,
            ToLongFunction<CallRequest> timeoutMs) {
        ServiceInterface methods = ServiceInterface.of(type);
        ServiceProxy handler = new ServiceProxy(service, methods, new BodyChoice(methods, codec), sender, timeoutMs);
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method javaMethod, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        ServiceMethod method = methods.method(javaMethod);
        if (method == null) {
            return ofObject(proxy, javaMethod, arguments);
        }
        if (!method.isAsync() && Thread.currentThread() instanceof FastThreadLocalThread) {
            throw new IllegalStateException(
                    "%s %s waits for its answer and this is an event loop (expected: another thread, or a method that returns a CompletionStage)"
                            .formatted(service, method.name()));
        }
        Duration timeout = method.timeout();
        CallContext ctx = timeout == null ? CallContext.EMPTY : CallContext.EMPTY.withTimeoutMs(timeout.toMillis());
        // without an answer it is never known whether the instance has derived the same types: JSON
        Payload args = method.isOneway() ? method.writeArguments(arguments) : bodies.write(method, arguments);
        CallRequest request = new CallRequest(null, service, method.name(), args, ctx, null);
        if (method.isAsync()) {
            return later(method, request, arguments, sender.send(request, options(method)));
        }
        CallResponse response = await(request, options(method));
        if (isRefused(args, response)) {
            request = asJson(method, request, arguments);
            response = await(request, options(method));
        }
        return decode(method, request, response);
    }

    private static CallOptions options(ServiceMethod method) {
        if (method.isOneway()) {
            return CallOptions.ONEWAY;
        }
        return method.isIdempotent() ? CallOptions.IDEMPOTENT : CallOptions.DEFAULT;
    }

    private CompletableFuture<@Nullable Object> later(
            ServiceMethod method,
            CallRequest request,
            @Nullable Object @Nullable [] arguments,
            CompletableFuture<CallResponse> first) {
        AtomicReference<CompletableFuture<CallResponse>> running = new AtomicReference<>(first);
        CompletableFuture<@Nullable Object> result = first.thenCompose(response -> {
            if (!isRefused(request.args(), response)) {
                return decodeLater(method, request, response);
            }
            CallRequest again = asJson(method, request, arguments);
            CompletableFuture<CallResponse> second = sender.send(again, options(method));
            running.set(second);
            return second.thenCompose(answer -> decodeLater(method, again, answer));
        });
        result.whenComplete((value, failure) -> {
            if (result.isCancelled()) {
                Objects.requireNonNull(running.get()).cancel(false);
            }
        });
        return result;
    }

    /** Nothing was started at the other end: it has not derived the types of the body. */
    private static boolean isRefused(Payload args, CallResponse response) {
        return args.format() != Payload.Format.JSON
                && !response.isOk()
                && Payload.JSON_EXPECTED.equals(response.details());
    }

    private CallRequest asJson(ServiceMethod method, CallRequest refused, @Nullable Object @Nullable [] arguments) {
        bodies.refused();
        return new CallRequest(null, service, method.name(), method.writeArguments(arguments), refused.ctx(), null);
    }

    private CallResponse await(CallRequest request, CallOptions options) {
        try {
            return WaitingCaller.await(
                    () -> sender.send(request, options), () -> timeoutMs.applyAsLong(request) + GRACE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MoaException(StatusCode.CANCELLED, "interrupted while it waited for the answer", e);
        } catch (TimeoutException e) {
            throw new MoaException(
                    StatusCode.DEADLINE_EXCEEDED,
                    "%s %s: no end %d ms after its deadline: the thread may hold the event loop that would bring the answer (expected: no calls within class initialisers and native code)"
                            .formatted(service, request.method(), GRACE_MS),
                    e);
        } catch (ExecutionException e) {
            throw new MoaException(StatusCode.INTERNAL, "the call ended without an answer", e);
        }
    }

    private CompletableFuture<@Nullable Object> decodeLater(
            ServiceMethod method, CallRequest request, CallResponse response) {
        try {
            return CompletableFuture.completedFuture(decode(method, request, response));
        } catch (Throwable e) {
            // declared exceptions are thrown, here into the future
            return CompletableFuture.failedFuture(e);
        }
    }

    private @Nullable Object decode(ServiceMethod method, CallRequest request, CallResponse response) throws Throwable {
        Payload result;
        try {
            result = response.resultOrThrow();
        } catch (MoaException e) {
            throw method.restore(e);
        }
        try {
            return bodies.read(method, request.args(), result);
        } catch (JacksonException e) {
            throw new MoaException(
                    StatusCode.INTERNAL,
                    "%s %s: the answer is not a %s: %s"
                            .formatted(service, method.name(), method.signature(), e.getOriginalMessage()),
                    e);
        }
    }

    private @Nullable Object ofObject(Object proxy, Method javaMethod, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (javaMethod.getDeclaringClass() == Object.class) {
            return switch (javaMethod.getName()) {
                case "toString" -> methods.type().getSimpleName() + "[" + service + "]";
                case "hashCode" -> System.identityHashCode(proxy);
                default -> arguments != null && proxy == arguments[0];
            };
        }
        // cannot be: the interface's own methods are all known
        return MethodHandles.lookup().unreflect(javaMethod).bindTo(proxy).invokeWithArguments(arguments);
    }
}
