package dev.moa.gateway.http;

import dev.moa.gateway.GatewayMetrics;
import dev.moa.gateway.InFlight;
import dev.moa.gateway.problem.Problem;
import dev.moa.gateway.security.EdgeCaller;
import dev.moa.protocol.MoaException;
import dev.moa.sdk.lookup.InstanceAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The outer half of {@code /http}: a place in flight, the service at the head of the path, what the service gets
 * to see of the request, and what the browser is told of the answer. {@link HttpInstanceFilter} is the inner half.
 */
final class HttpServiceFilter implements GatewayFilter, Ordered {

    /** Outside of the filter that writes the answer, so that "in flight" lasts until all of it is written. */
    private static final int ORDER = -10;

    private final Lookups lookups;
    private final Upstreams upstreams;
    private final HttpProxyProperties limits;
    private final InFlight inFlight;
    private final boolean tokens;
    private final GatewayMetrics metrics;

    HttpServiceFilter(
            Lookups lookups, Upstreams upstreams, HttpProxyProperties limits, boolean tokens, GatewayMetrics metrics) {
        this.lookups = lookups;
        this.upstreams = upstreams;
        this.limits = limits;
        this.tokens = tokens;
        this.metrics = metrics;
        this.inFlight = new InFlight(limits.maxInFlight());
        metrics.inFlight("http", inFlight::count);
    }

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        if (!inFlight.enter()) {
            return new Problem(
                            HttpStatus.TOO_MANY_REQUESTS,
                            "this gateway has as many requests in flight as it may",
                            null,
                            inFlight.limit(),
                            "try again; the limit is moa.gateway.http.max-in-flight")
                    .answer(exchange);
        }
        long started = System.nanoTime();
        return serve(exchange, chain).doFinally(signal -> {
            inFlight.leave();
            HttpStatusCode status = exchange.getResponse().getStatusCode();
            metrics.http(status == null ? 499 : status.value(), System.nanoTime() - started);
        });
    }

    private Mono<Void> serve(ServerWebExchange exchange, GatewayFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        long length = request.getHeaders().getContentLength();
        if (length > limits.maxBody().toBytes()) {
            return tooLarge(length).answer(exchange);
        }
        String rawPath = request.getURI().getRawPath();
        List<ServicePath> candidates = ServicePath.candidates(rawPath);
        if (candidates.isEmpty()) {
            return new Problem(
                            HttpStatus.NOT_FOUND,
                            "the path names no service",
                            rawPath,
                            null,
                            "ask for /http/<service>/…, for example /http/service/php-hello/")
                    .answer(exchange);
        }
        return find(candidates, 0, null)
                .flatMap(target -> {
                    target.attach(exchange);
                    protectBrowser(exchange);
                    ServerWebExchange changed =
                            exchange.mutate().request(forService(request)).build();
                    return chain.filter(changed).doFinally(signal -> {
                        InstanceAddress chosen = target.chosen().getAndSet(null);
                        if (chosen != null) {
                            upstreams.end(chosen);
                        }
                    });
                })
                .onErrorResume(Refused.class, e -> e.problem.answer(exchange))
                .onErrorResume(
                        MoaException.class,
                        e -> Problem.of(
                                        HttpStatus.SERVICE_UNAVAILABLE,
                                        "the services cannot be looked up: " + e.getMessage(),
                                        "is a router running? ./moa status")
                                .answer(exchange));
    }

    /** The longest name that is registered wins; one without instances only where no shorter one has any. */
    private Mono<HttpTarget> find(List<ServicePath> candidates, int at, @Nullable ServicePath empty) {
        if (at == candidates.size()) {
            return Mono.error(new Refused(empty == null ? unknown(candidates) : noInstance(empty)));
        }
        ServicePath candidate = candidates.get(at);
        return Mono.fromFuture(() -> lookups.instances(candidate.service()).thenApply(Optional::ofNullable), true)
                .flatMap(instances -> {
                    if (instances.isEmpty()) {
                        return find(candidates, at + 1, empty);
                    }
                    boolean callable = instances.get().stream().anyMatch(InstanceAddress::isCallable);
                    return callable
                            ? Mono.just(HttpTarget.of(candidate, instances.get()))
                            : find(candidates, at + 1, empty == null ? candidate : empty);
                });
    }

    private static Problem unknown(List<ServicePath> candidates) {
        return new Problem(
                HttpStatus.NOT_FOUND,
                "no such service is registered",
                candidates.get(0).service().value(),
                null,
                "register it (POST /v1/instances at the registry), or look at the console for its name");
    }

    private static Problem noInstance(ServicePath path) {
        return new Problem(
                HttpStatus.SERVICE_UNAVAILABLE,
                "the service has no instance that speaks HTTP and can be called",
                path.service().value(),
                null,
                "look at its instances in the console");
    }

    private Problem tooLarge(long length) {
        return new Problem(
                HttpStatus.CONTENT_TOO_LARGE,
                "the body is too large",
                length,
                limits.maxBody().toBytes(),
                "send less, or raise moa.gateway.http.max-body");
    }

    private ServerHttpRequest forService(ServerHttpRequest request) {
        ServerHttpRequest changed = request.mutate()
                .headers(headers -> {
                    headers.remove(EdgeCaller.HEADER);
                    if (tokens && request.getHeaders().getFirst(EdgeCaller.HEADER) == null) {
                        // it was the gateway's token, and stays here
                        headers.remove(HttpHeaders.AUTHORIZATION);
                    }
                    withoutSession(headers);
                })
                .build();
        long limit = limits.maxBody().toBytes();
        return new ServerHttpRequestDecorator(changed) {
            @Override
            public Flux<DataBuffer> getBody() {
                AtomicLong seen = new AtomicLong();
                return super.getBody().map(buffer -> {
                    if (seen.addAndGet(buffer.readableByteCount()) > limit) {
                        DataBufferUtils.release(buffer);
                        throw new Refused(tooLarge(seen.get()));
                    }
                    return buffer;
                });
            }
        };
    }

    private static void withoutSession(HttpHeaders headers) {
        List<String> cookies = headers.get(HttpHeaders.COOKIE);
        if (cookies == null) {
            return;
        }
        StringBuilder kept = new StringBuilder();
        for (String line : cookies) {
            for (String cookie : line.split(";")) {
                String one = cookie.strip();
                if (!one.isEmpty() && !one.startsWith(EdgeCaller.COOKIE + "=")) {
                    kept.append(kept.length() == 0 ? "" : "; ").append(one);
                }
            }
        }
        if (kept.length() == 0) {
            headers.remove(HttpHeaders.COOKIE);
        } else {
            headers.set(HttpHeaders.COOKIE, kept.toString());
        }
    }

    /** A service shares the console's origin; its pages and cookies must not be able to act as the console. */
    private void protectBrowser(ServerWebExchange exchange) {
        exchange.getResponse().beforeCommit(() -> {
            HttpHeaders headers = exchange.getResponse().getHeaders();
            if (limits.sandbox()) {
                headers.add("Content-Security-Policy", "sandbox allow-scripts allow-forms allow-popups");
            }
            headers.set("X-Content-Type-Options", "nosniff");
            List<String> cookies = headers.get(HttpHeaders.SET_COOKIE);
            if (cookies != null) {
                headers.put(
                        HttpHeaders.SET_COOKIE,
                        cookies.stream()
                                .filter(cookie -> !cookie.startsWith(EdgeCaller.COOKIE + "="))
                                .toList());
            }
            return Mono.empty();
        });
    }

    /** A request that goes no further. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        final transient Problem problem;

        Refused(Problem problem) {
            super(problem.detail(), null, false, false);
            this.problem = problem;
        }
    }
}
