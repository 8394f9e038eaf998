package dev.moa.spring.observe;

import dev.moa.sdk.context.TraceContext;
import io.micrometer.tracing.CurrentTraceContext;
import io.micrometer.tracing.Tracer;
import org.jspecify.annotations.Nullable;

/** Does so by Micrometer's tracer. */
final class TracedParent implements RemoteParent {

    private static final int SAMPLED = 1;

    private final Tracer tracer;

    TracedParent(Tracer tracer) {
        this.tracer = tracer;
    }

    @Override
    public Scope enter(@Nullable String traceparent) {
        TraceContext given = TraceContext.parse(traceparent);
        if (given == null) {
            return () -> {};
        }
        CurrentTraceContext.Scope scope = tracer.currentTraceContext()
                .newScope(tracer.traceContextBuilder()
                        .traceId(given.traceId())
                        .spanId(given.spanId())
                        .sampled((Integer.parseInt(given.flags(), 16) & SAMPLED) != 0)
                        .build());
        return scope::close;
    }
}
