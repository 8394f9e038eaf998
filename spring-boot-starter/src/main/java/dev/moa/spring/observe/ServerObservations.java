package dev.moa.spring.observe;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.IncomingCall;
import dev.moa.sdk.ServerInterceptor;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Observes calls that come in, from their arrival to their answer, the wait for a worker included. It continues the
 * caller's {@code traceparent}, from whichever face: moa frames, RESP or HTTP.
 */
final class ServerObservations implements ServerInterceptor {

    private static final String TRACEPARENT = "traceparent";
    private static final Convention CONVENTION = new Convention();

    private final ObservationRegistry registry;
    private final MethodNames names;

    ServerObservations(ObservationRegistry registry, MethodNames names) {
        this.registry = registry;
        this.names = names;
    }

    @Override
    public CompletionStage<CallResponse> intercept(CallRequest request, IncomingCall call, Next next) {
        if (registry.isNoop() || CallObservation.isReport(request)) {
            return next.proceed(request, call);
        }
        Context context = new Context(request, names);
        Observation observation = Observation.createNotStarted(CONVENTION, () -> context, registry)
                .start();
        CompletionStage<CallResponse> answer;
        try {
            answer = next.proceed(request, new ObservedCall(call, observation));
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        return answer.whenComplete((response, failure) -> context.facts.ended(observation, response, failure));
    }

    /** A call that came in. */
    static final class Context extends ReceiverContext<CallRequest> implements CallObservation.Told {
        private final CallObservation.Facts facts;

        Context(CallRequest request, MethodNames names) {
            super(
                    (carrier, key) ->
                            key.equalsIgnoreCase(TRACEPARENT) ? carrier.ctx().traceparent() : null,
                    Kind.SERVER);
            this.facts = new CallObservation.Facts(request, names);
            setCarrier(request);
            String app = request.ctx().app();
            if (app != null) {
                setRemoteServiceName(app);
            }
        }

        @Override
        public CallObservation.Facts facts() {
            return facts;
        }
    }

    private static final class Convention extends CallObservation<Context> {
        Convention() {
            super("moa.server.calls");
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return context instanceof Context;
        }
    }
}
