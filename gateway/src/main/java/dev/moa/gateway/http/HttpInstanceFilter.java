package dev.moa.gateway.http;

import dev.moa.gateway.GatewayMetrics;
import dev.moa.gateway.problem.Problem;
import dev.moa.sdk.lookup.InstanceAddress;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.RouteToRequestUrlFilter;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.PrematureCloseException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquirePendingLimitException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquireTimeoutException;

/**
 * The inner half of {@code /http}: chooses the instance. Where one cannot be connected to, nothing was sent, so
 * another gets the request, once; anything later fails, because the service may have acted on it.
 */
final class HttpInstanceFilter implements GatewayFilter, Ordered {

    private final Lookups lookups;
    private final Upstreams upstreams;
    private final GatewayMetrics metrics;

    HttpInstanceFilter(Lookups lookups, Upstreams upstreams, GatewayMetrics metrics) {
        this.lookups = lookups;
        this.upstreams = upstreams;
        this.metrics = metrics;
    }

    @Override
    public int getOrder() {
        return RouteToRequestUrlFilter.ROUTE_TO_URL_FILTER_ORDER + 1;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        HttpTarget target = HttpTarget.of(exchange);
        return send(exchange, chain, target, new HashSet<>()).onErrorResume(failure -> {
            Problem problem = problem(target, failure);
            return problem == null ? Mono.error(failure) : problem.answer(exchange);
        });
    }

    private Mono<Void> send(
            ServerWebExchange exchange, GatewayFilterChain chain, HttpTarget target, Set<String> tried) {
        InstanceAddress instance = upstreams.choose(target.instances(), tried);
        if (instance == null) {
            return Mono.error(new ConnectException("no instance is left"));
        }
        upstreams.begin(instance);
        InstanceAddress before = target.chosen().getAndSet(instance);
        if (before != null) {
            upstreams.end(before);
        }
        exchange.getAttributes()
                .put(
                        ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR,
                        target.uri(instance, exchange.getRequest().getURI().getRawQuery()));
        return chain.filter(exchange).onErrorResume(HttpInstanceFilter::nothingWasSent, failure -> {
            upstreams.refused(instance);
            lookups.doubt(target.service());
            tried.add(instance.id());
            if (tried.size() > 1) {
                return Mono.error(failure);
            }
            metrics.httpRetry();
            ServerWebExchangeUtils.removeAlreadyRouted(exchange);
            return send(exchange, chain, target, tried);
        });
    }

    private static boolean nothingWasSent(Throwable failure) {
        return failure instanceof ConnectException
                || failure instanceof NoRouteToHostException
                || failure instanceof UnknownHostException;
    }

    private static @Nullable Problem problem(HttpTarget target, Throwable failure) {
        String service = target.service().value();
        if (failure instanceof HttpServiceFilter.Refused refused) {
            return refused.problem;
        }
        if (nothingWasSent(failure)) {
            return new Problem(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    "no instance of the service takes connections",
                    service,
                    null,
                    "look at its instances in the console; try again in a second");
        }
        if (failure instanceof PoolAcquirePendingLimitException || failure instanceof PoolAcquireTimeoutException) {
            return new Problem(
                    HttpStatus.TOO_MANY_REQUESTS,
                    "all connections to the service are busy",
                    service,
                    null,
                    "try again; the limit is spring.cloud.gateway.server.webflux.httpclient.pool.max-connections");
        }
        if (failure instanceof TimeoutException
                || (failure instanceof ResponseStatusException status
                        && status.getStatusCode() == HttpStatus.GATEWAY_TIMEOUT)) {
            return new Problem(
                    HttpStatus.GATEWAY_TIMEOUT,
                    "the service did not answer in time",
                    service,
                    null,
                    "see whether it is slow; the limit is moa.gateway.http.response-timeout");
        }
        if (failure instanceof PrematureCloseException) {
            return new Problem(
                    HttpStatus.BAD_GATEWAY,
                    "the service hung up before it answered; it may have acted on the request",
                    service,
                    null,
                    "send it again only if it is safe to");
        }
        return null;
    }
}
