package dev.moa.gateway.console;

import dev.moa.gateway.problem.Problem;
import dev.moa.gateway.security.EdgeCaller;
import dev.moa.protocol.Caller;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.PrematureCloseException;

/**
 * Hands a request of the console to one of the platform's apps: with the gateway's own token and the name of who
 * asks, without what the browser said of itself. What goes wrong on the way names the app.
 */
final class AppFilter implements GatewayFilter, Ordered {

    /**
     * Tells an app on whose behalf the gateway asks. Where tokens are asked for it is the name of the token and never
     * taken from outside; where none is, nobody can prove a name, and it is the one that the reader gave the console.
     */
    static final String ACTOR = "Moa-Actor";

    private final String app;
    private final URI base;
    private final @Nullable String token;

    AppFilter(String app, URI base, @Nullable String token) {
        this.app = app;
        this.base = base;
        this.token = token;
    }

    @Override
    public int getOrder() {
        return 0;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        Caller caller = EdgeCaller.of(exchange);
        ServerWebExchange changed = exchange.mutate()
                .request(request -> request.headers(headers -> {
                    headers.remove(HttpHeaders.COOKIE);
                    headers.remove(HttpHeaders.ORIGIN);
                    headers.remove(HttpHeaders.REFERER);
                    headers.remove(HttpHeaders.AUTHORIZATION);
                    headers.remove(EdgeCaller.HEADER);
                    if (token != null) {
                        headers.setBearerAuth(token);
                    }
                    if (caller != null) {
                        headers.set(ACTOR, caller.name());
                    } else if (token != null) {
                        headers.remove(ACTOR);
                    }
                }))
                .build();
        return chain.filter(changed).onErrorResume(failure -> {
            Problem problem = problem(failure);
            return problem == null ? Mono.error(failure) : problem.answer(exchange);
        });
    }

    private @Nullable Problem problem(Throwable failure) {
        if (failure instanceof ConnectException || failure instanceof UnknownHostException) {
            return new Problem(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    "the %s does not answer".formatted(app),
                    base.toString(),
                    null,
                    "Is it running? ./moa status");
        }
        if (failure instanceof TimeoutException
                || (failure instanceof ResponseStatusException status
                        && status.getStatusCode() == HttpStatus.GATEWAY_TIMEOUT)) {
            return new Problem(
                    HttpStatus.GATEWAY_TIMEOUT,
                    "the %s did not answer in time".formatted(app),
                    base.toString(),
                    null,
                    "See what it is doing: ./moa logs " + app);
        }
        if (failure instanceof PrematureCloseException) {
            return new Problem(
                    HttpStatus.BAD_GATEWAY,
                    "the %s hung up before it answered".formatted(app),
                    base.toString(),
                    null,
                    "See what happened: ./moa logs " + app);
        }
        return null;
    }
}
