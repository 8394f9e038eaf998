package dev.moa.spring.observe;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import dev.moa.sdk.ClientInterceptor;
import dev.moa.sdk.context.CallScope;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.SenderContext;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Observes calls that go out, with all their retries as one. The observation's parent is that of the thread, else
 * that of the call being served, else the place in the trace that the caller gave. What the tracer makes of it
 * travels on as {@code ctx.traceparent}; the readable path stays moa's own.
 */
final class ClientObservations implements ClientInterceptor {

    private static final String TRACEPARENT = "traceparent";
    private static final Convention CONVENTION = new Convention();

    private final ObservationRegistry registry;
    private final MethodNames names;
    private final RemoteParent remoteParent;

    ClientObservations(ObservationRegistry registry, MethodNames names, RemoteParent remoteParent) {
        this.registry = registry;
        this.names = names;
        this.remoteParent = remoteParent;
    }

    @Override
    public CompletableFuture<CallResponse> intercept(CallRequest request, Deadline deadline, Next next) {
        if (registry.isNoop() || CallObservation.isReport(request)) {
            return next.proceed(request, deadline);
        }
        Context context = new Context(request, names);
        Observation observation = start(context, request);
        Map<String, String> carrier = context.getCarrier();
        String traceparent = carrier == null ? null : carrier.get(TRACEPARENT);
        CallRequest sent = traceparent == null
                ? request
                : request.withCtx(
                        request.ctx().withTrace(traceparent, request.ctx().path()));
        CompletableFuture<CallResponse> answer = next.proceed(sent, deadline);
        answer.whenComplete((response, failure) -> context.facts.ended(observation, response, failure));
        return answer;
    }

    private Observation start(Context context, CallRequest request) {
        Observation observation = Observation.createNotStarted(CONVENTION, () -> context, registry);
        Observation parent = registry.getCurrentObservation();
        if (parent == null) {
            CallScope scope = CallScope.current();
            parent = scope != null && scope.incoming() instanceof ObservedCall served ? served.observation() : null;
        }
        if (parent != null) {
            return observation.parentObservation(parent).start();
        }
        try (RemoteParent.Scope given = remoteParent.enter(request.ctx().traceparent())) {
            return observation.start();
        }
    }

    /** A call that goes out. */
    static final class Context extends SenderContext<Map<String, String>> implements CallObservation.Told {
        private final CallObservation.Facts facts;

        Context(CallRequest request, MethodNames names) {
            super(
                    (carrier, key, value) -> {
                        if (carrier != null) {
                            carrier.put(key, value);
                        }
                    },
                    Kind.CLIENT);
            this.facts = new CallObservation.Facts(request, names);
            setCarrier(new HashMap<>());
            setRemoteServiceName(request.service().value());
        }

        @Override
        public CallObservation.Facts facts() {
            return facts;
        }
    }

    private static final class Convention extends CallObservation<Context> {
        Convention() {
            super("moa.client.calls");
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return context instanceof Context;
        }
    }
}
