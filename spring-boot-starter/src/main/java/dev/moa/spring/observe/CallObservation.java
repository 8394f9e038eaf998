package dev.moa.spring.observe;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.StatusCode;
import dev.moa.sdk.stats.StatisticsReporter;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * What is told of a call, on both sides. Tags of timers, bounded: {@code service}, {@code method}, {@code code}. Of
 * spans only: {@code rpc.system}, {@code rpc.service} and {@code rpc.method} as OpenTelemetry has them, {@code moa.path},
 * the readable place in the trace, and {@code moa.app}, who calls.
 */
abstract class CallObservation<C extends Observation.Context & CallObservation.Told>
        implements ObservationConvention<C> {

    /** A context that knows its call. */
    interface Told {
        Facts facts();
    }

    /** What is known of a call, and later how it ended. */
    static final class Facts {
        private final CallRequest request;
        private final MethodNames names;
        private volatile @Nullable StatusCode code;

        Facts(CallRequest request, MethodNames names) {
            this.request = request;
            this.names = names;
        }

        /** Ends the observation of the call. */
        void ended(Observation observation, @Nullable CallResponse response, @Nullable Throwable failure) {
            StatusCode ended = code(response, failure);
            code = ended;
            if (ended != StatusCode.OK) {
                observation.error(failure(ended, response));
            }
            observation.stop();
        }
    }

    private final String name;

    CallObservation(String name) {
        this.name = name;
    }

    @Override
    public String getName() {
        return name;
    }

    /** The span's name; one that nobody knows does not become an operation in whatever shows the traces. */
    @Override
    public String getContextualName(C context) {
        MethodNames.Name label = label(context);
        return label.service() + ' ' + label.method();
    }

    @Override
    public KeyValues getLowCardinalityKeyValues(C context) {
        MethodNames.Name label = label(context);
        StatusCode code = context.facts().code;
        return KeyValues.of(
                KeyValue.of("service", label.service()),
                KeyValue.of("method", label.method()),
                KeyValue.of("code", code == null ? KeyValue.NONE_VALUE : code.name()));
    }

    @Override
    public KeyValues getHighCardinalityKeyValues(C context) {
        CallRequest request = context.facts().request;
        KeyValues told = KeyValues.of(
                KeyValue.of("rpc.system", "moa"),
                KeyValue.of("rpc.service", request.service().value()),
                KeyValue.of("rpc.method", request.method()));
        String path = request.ctx().path();
        told = path == null ? told : told.and(KeyValue.of("moa.path", path));
        String app = request.ctx().app();
        return app == null ? told : told.and(KeyValue.of("moa.app", app));
    }

    private static MethodNames.Name label(Told context) {
        Facts facts = context.facts();
        StatusCode code = facts.code;
        return code == null ? facts.names.of(facts.request) : facts.names.answered(facts.request, code);
    }

    /** Returns whether a call only tells the monitor of other calls. */
    static boolean isReport(CallRequest request) {
        return request.method().equals(StatisticsReporter.METHOD)
                && request.service().equals(StatisticsReporter.SERVICE);
    }

    /** Returns how a call ended. */
    private static StatusCode code(@Nullable CallResponse response, @Nullable Throwable failure) {
        if (response != null) {
            return response.code();
        }
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof CancellationException) {
            return StatusCode.CANCELLED;
        }
        return cause instanceof MoaException known ? known.code() : StatusCode.INTERNAL;
    }

    /** Returns what a failed call is to those who watch; no stack, since it is not this process's mistake. */
    private static Throwable failure(StatusCode code, @Nullable CallResponse response) {
        String message = response == null ? null : response.message();
        return new MoaException(code, message == null ? code.name() : message);
    }
}
