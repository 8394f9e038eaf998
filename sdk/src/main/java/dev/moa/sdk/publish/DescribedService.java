package dev.moa.sdk.publish;

import dev.moa.protocol.CallHandler;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.IncomingCall;
import dev.moa.protocol.ServiceName;
import dev.moa.sdk.codec.ServiceInterface;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * A service that answers its calls by hand. An interface, which nobody implements, says what they are: what is built
 * in ({@code $ping}, {@code $describe}, {@code $openapi}) is answered from that, everything else by the handler.
 */
public final class DescribedService implements CallHandler {

    private final CallHandler handler;
    private final BuiltIns builtIns;

    /**
     * @param described the calls that {@code handler} answers
     * @param threads where the description is written; kept by the caller
     * @throws IllegalArgumentException if {@code described} is not an interface or has overloaded methods
     */
    public DescribedService(ServiceName name, Class<?> described, CallHandler handler, Executor threads) {
        this.handler = handler;
        this.builtIns = new BuiltIns(
                name, ServiceInterface.of(described), new BoundedExecutor(threads, ServiceLimits.defaults()));
    }

    @Override
    public CompletionStage<CallResponse> handle(CallRequest request, IncomingCall call) {
        return BuiltIns.has(request.method()) ? builtIns.handle(request) : handler.handle(request, call);
    }
}
