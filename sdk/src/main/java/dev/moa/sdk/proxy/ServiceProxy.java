package dev.moa.sdk.proxy;

import dev.moa.protocol.CallContext;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.sdk.codec.ServiceInterface;
import dev.moa.sdk.codec.ServiceMethod;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Turns calls of a Java interface into calls of a service. A method that returns a
 * {@link java.util.concurrent.CompletionStage} returns at once; any other waits for the answer. Failures are
 * {@link MoaException}s.
 */
public final class ServiceProxy implements InvocationHandler {

    /** How a request is sent. */
    @FunctionalInterface
    public interface Sender {
        /** Sends a request; the future never completes exceptionally, and cancelling it cancels the call. */
        CompletableFuture<CallResponse> send(CallRequest request, boolean idempotent);
    }

    private final ServiceName service;
    private final ServiceInterface methods;
    private final Sender sender;

    private ServiceProxy(ServiceName service, ServiceInterface methods, Sender sender) {
        this.service = service;
        this.methods = methods;
        this.sender = sender;
    }

    /**
     * Returns an object whose methods call {@code service}.
     *
     * @throws IllegalArgumentException if {@code type} is not an interface or has overloaded methods
     */
    public static <T> T of(ServiceName service, Class<T> type, Sender sender) {
        ServiceProxy handler = new ServiceProxy(service, ServiceInterface.of(type), sender);
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
        CallRequest request =
                new CallRequest(null, service, method.name(), method.writeArguments(arguments), ctx, null);
        CompletableFuture<CallResponse> answer = sender.send(request, method.isIdempotent());
        return method.isAsync() ? later(method, answer) : decode(method, await(answer));
    }

    private CompletableFuture<@Nullable Object> later(ServiceMethod method, CompletableFuture<CallResponse> answer) {
        CompletableFuture<@Nullable Object> result = answer.thenApply(response -> decode(method, response));
        result.whenComplete((value, failure) -> {
            if (result.isCancelled()) {
                answer.cancel(false);
            }
        });
        return result;
    }

    private static CallResponse await(CompletableFuture<CallResponse> answer) {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            answer.cancel(false);
            Thread.currentThread().interrupt();
            throw new MoaException(StatusCode.CANCELLED, "interrupted while it waited for the answer", e);
        } catch (ExecutionException e) {
            throw new MoaException(StatusCode.INTERNAL, "the call ended without an answer", e);
        }
    }

    private @Nullable Object decode(ServiceMethod method, CallResponse response) {
        try {
            return method.readResult(response.resultOrThrow());
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
