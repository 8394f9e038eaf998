package dev.moa.gateway.call;

import dev.moa.gateway.GatewayMetrics;
import dev.moa.gateway.InFlight;
import dev.moa.protocol.CallContext;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.json.CallJson;
import dev.moa.sdk.MoaClient;
import dev.moa.sdk.call.CallOptions;
import dev.moa.sdk.context.TraceContext;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * Turns {@code POST /api/<service>/<method>} into a call over moa frames, straight to an instance of the service.
 * The reply is the response object whatever happens, and the HTTP status follows its code. A client that hangs
 * up cancels the call. Nothing here blocks.
 */
final class CallEndpoint {

    private final MoaClient client;
    private final CallProperties limits;
    private final InFlight inFlight;
    private final GatewayMetrics metrics;

    CallEndpoint(MoaClient client, CallProperties limits, GatewayMetrics metrics) {
        this.client = client;
        this.limits = limits;
        this.metrics = metrics;
        this.inFlight = new InFlight(limits.maxInFlight());
        metrics.inFlight("api", inFlight::count);
    }

    Mono<ServerResponse> call(ServerRequest request) {
        return limited(request, trace -> serve(request, trace));
    }

    /** Answers {@code GET /api/<service>/openapi.json} with what an instance says of itself, as called from here. */
    Mono<ServerResponse> openApi(ServerRequest request) {
        return limited(request, trace -> document(request, trace));
    }

    private Mono<ServerResponse> limited(ServerRequest request, Function<TraceContext, Mono<Outcome>> work) {
        long started = System.nanoTime();
        if (!inFlight.enter()) {
            return answer(
                    new Outcome(
                            CallResponse.failure(
                                    null,
                                    StatusCode.RESOURCE_EXHAUSTED,
                                    "%d calls are in flight (limit of this gateway: moa.gateway.calls.max-in-flight); try again"
                                            .formatted(inFlight.limit())),
                            429),
                    null,
                    started);
        }
        TraceContext given = TraceContext.parse(request.headers().firstHeader("traceparent"));
        TraceContext trace = given == null ? client.startTrace() : given;
        return work.apply(trace)
                .onErrorResume(MoaException.class, e -> Mono.just(Outcome.of(e.toResponse(null))))
                .flatMap(outcome -> answer(outcome, trace, started))
                .doFinally(signal -> inFlight.leave());
    }

    /** Answers whatever is not a POST. */
    Mono<ServerResponse> wrongMethod(ServerRequest request) {
        CallResponse failure = CallResponse.failure(
                null,
                StatusCode.INVALID_ARGUMENT,
                "HTTP method: %s (expected: POST with the arguments as JSON)"
                        .formatted(request.method().name()));
        return ServerResponse.status(405)
                .header(HttpHeaders.ALLOW, "POST")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(CallJson.writeResponse(failure));
    }

    private Mono<Outcome> document(ServerRequest request, TraceContext trace) {
        return Mono.defer(() -> {
            CallPath path = CallPath.parseOpenApi(request.requestPath().value());
            CallRequest call = CallRequest.of(path.service(), path.method(), Payload.NO_ARGUMENTS)
                    .withCtx(new CallContext(null, timeoutMs(request), trace.traceparent(), null, Map.of()));
            return Mono.fromFuture(() -> client.call(call, CallOptions.IDEMPOTENT))
                    .map(Outcome::ofOpenApi);
        });
    }

    private Mono<Outcome> serve(ServerRequest request, TraceContext trace) {
        // a mistake of the caller ends in the stream, so that there is one place that answers it
        return Mono.defer(() -> {
            CallPath path = CallPath.parse(request.requestPath().value());
            MediaType type = request.headers().contentType().orElse(null);
            if (type == null || !isJson(type)) {
                return Mono.just(new Outcome(
                        CallResponse.failure(
                                null,
                                StatusCode.INVALID_ARGUMENT,
                                "content-type: %s (expected: application/json)"
                                        .formatted(type == null ? "none" : type)),
                        415));
            }
            CallContext context = new CallContext(null, timeoutMs(request), trace.traceparent(), null, Map.of());
            return body(request)
                    .flatMap(body -> {
                        Payload args = CallJson.readArgs(body, 0, body.length);
                        CallRequest call = new CallRequest(
                                request.headers().firstHeader("moa-request-id"),
                                path.service(),
                                path.method(),
                                args,
                                context,
                                null);
                        return Mono.fromFuture(() -> client.call(call)).map(Outcome::of);
                    })
                    .onErrorResume(DataBufferLimitException.class, e -> Mono.just(tooLarge()))
                    .onErrorResume(TimeoutException.class, e -> Mono.just(tooSlow()));
        });
    }

    private Mono<byte[]> body(ServerRequest request) {
        int limit = (int) Math.min(Integer.MAX_VALUE, limits.maxBody().toBytes());
        return request.exchange()
                .getRequest()
                .getBody()
                .reduceWith(() -> new GatheredBody(limit), GatheredBody::add)
                .map(GatheredBody::bytes)
                .timeout(limits.bodyTimeout());
    }

    private long timeoutMs(ServerRequest request) {
        String header = request.headers().firstHeader("moa-timeout-ms");
        if (header == null) {
            return 0;
        }
        long most = limits.maxTimeout().toMillis();
        try {
            long value = Long.parseLong(header.strip());
            if (value >= 1 && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new MoaException(
                StatusCode.INVALID_ARGUMENT,
                "Moa-Timeout-Ms: '%s' (expected: 1 to %d)"
                        .formatted(header.length() <= 20 ? header : header.substring(0, 20) + "…", most));
    }

    private Outcome tooLarge() {
        return new Outcome(
                CallResponse.failure(
                        null,
                        StatusCode.RESOURCE_EXHAUSTED,
                        "body: more than %d bytes (limit of this gateway: moa.gateway.calls.max-body)"
                                .formatted(limits.maxBody().toBytes())),
                413);
    }

    private Outcome tooSlow() {
        return new Outcome(
                CallResponse.failure(
                        null,
                        StatusCode.DEADLINE_EXCEEDED,
                        "body: not there after %d ms (limit of this gateway: moa.gateway.calls.body-timeout)"
                                .formatted(limits.bodyTimeout().toMillis())),
                408);
    }

    private Mono<ServerResponse> answer(Outcome outcome, @Nullable TraceContext trace, long started) {
        metrics.call(outcome.response().code(), System.nanoTime() - started);
        ServerResponse.BodyBuilder reply =
                ServerResponse.status(outcome.status()).contentType(MediaType.APPLICATION_JSON);
        if (trace != null) {
            reply.header("traceparent", trace.traceparent());
        }
        if (outcome.status() == 429) {
            reply.header(HttpHeaders.RETRY_AFTER, "1");
        }
        return reply.bodyValue(outcome.body());
    }

    private static boolean isJson(MediaType type) {
        return MediaType.APPLICATION_JSON.equalsTypeAndSubtype(type) || "json".equals(type.getSubtypeSuffix());
    }

    /** A response object, the HTTP status that goes with it, and what is sent. */
    private record Outcome(CallResponse response, int status, byte[] body) {

        Outcome(CallResponse response, int status) {
            this(response, status, CallJson.writeResponse(response));
        }

        static Outcome of(CallResponse response) {
            return new Outcome(response, response.code().httpStatus());
        }

        static Outcome ofOpenApi(CallResponse response) {
            Payload document = response.result();
            return document == null ? of(response) : new Outcome(response, 200, GatewayDocument.of(document));
        }
    }
}
