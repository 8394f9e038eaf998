package dev.moa.gateway.security;

import dev.moa.gateway.GatewayMetrics;
import dev.moa.gateway.problem.Problem;
import dev.moa.protocol.Caller;
import dev.moa.spring.security.TokenBook;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.PathContainer.PathSegment;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Stands before every face of the gateway.
 *
 * <ol>
 *   <li>A browser that speaks for a foreign page is refused, with or without tokens.
 *   <li>Without tokens the gateway is bound to loopback, and answers only under names that nobody else can own.
 *   <li>With tokens everything but the console's files, its login and health asks for one: {@code Moa-Token} or
 *       {@code Authorization: Bearer}, or the cookie of a sign-in.
 *   <li>Readers read. Calls, batches and tasks need the role service. Whatever else writes needs operator.
 * </ol>
 */
final class EdgeGuard implements WebFilter, Ordered {

    private static final Set<HttpMethod> READS = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
    private static final List<String> GUARDED = List.of("/api", "/http", "/console", "/actuator", "/v3");
    private static final List<String> OPEN = List.of("/console/login", "/actuator/health");
    private static final List<String> SERVICE_WRITES = List.of(
            "/api",
            "/http",
            "/console/logout",
            "/console/api/parallel-proxy/v1/batch",
            "/console/api/async-broker/v1/tasks");

    private final TokenBook tokens;
    private final Sessions sessions;
    private final Origins origins;
    private final GatewayMetrics metrics;

    EdgeGuard(TokenBook tokens, Sessions sessions, Origins origins, GatewayMetrics metrics) {
        this.tokens = tokens;
        this.sessions = sessions;
        this.origins = origins;
        this.metrics = metrics;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE + 10;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        String path = pathAsMatched(request);
        boolean guarded = isUnder(path, GUARDED);
        String foreign = guarded ? origins.foreign(request) : null;
        if (foreign != null) {
            return refuse(
                    exchange,
                    "foreign-origin",
                    new Problem(
                            HttpStatus.FORBIDDEN,
                            "a page of another origin sent this",
                            foreign,
                            null,
                            "allow it by moa.gateway.security.allowed-origins if it is yours"));
        }
        if (!tokens.isRequired()) {
            return origins.isKnownHost(request) ? chain.filter(exchange) : refuseHost(exchange);
        }
        if (!guarded || isUnder(path, OPEN)) {
            return chain.filter(exchange);
        }
        Caller caller = caller(request);
        if (caller == null) {
            return refuse(
                    exchange,
                    "no-token",
                    Problem.of(
                            HttpStatus.UNAUTHORIZED,
                            "no token, or one that this gateway does not know",
                            "send the header Authorization: Bearer <token>; ./moa token prints one"));
        }
        if (!READS.contains(request.getMethod()) && !mayWrite(caller, path)) {
            return refuse(
                    exchange,
                    "role",
                    new Problem(
                            HttpStatus.FORBIDDEN,
                            "the token '%s' may not do this".formatted(caller.name()),
                            caller.role().name().toLowerCase(Locale.ROOT),
                            isUnder(path, SERVICE_WRITES) ? "service" : "operator",
                            "use a token with that role"));
        }
        exchange.getAttributes().put(EdgeCaller.ATTRIBUTE, caller);
        return chain.filter(exchange);
    }

    private @Nullable Caller caller(ServerHttpRequest request) {
        String own = request.getHeaders().getFirst(EdgeCaller.HEADER);
        if (own != null) {
            return tokens.find(own.strip());
        }
        String header = request.getHeaders().getFirst(HttpHeaders.AUTHORIZATION);
        if (header != null && header.regionMatches(true, 0, "Bearer ", 0, 7)) {
            return tokens.find(header.substring(7).strip());
        }
        HttpCookie cookie = request.getCookies().getFirst(EdgeCaller.COOKIE);
        return cookie == null ? null : sessions.find(cookie.getValue());
    }

    private static boolean mayWrite(Caller caller, String path) {
        return switch (caller.role()) {
            case OPERATOR -> true;
            // a token of some services only must not act by the gateway's own, wider token
            case SERVICE ->
                isUnder(path, SERVICE_WRITES) && (caller.services().isEmpty() || !path.startsWith("/console/api/"));
            case READER -> path.equals("/console/logout");
        };
    }

    /** Returns the path as the routes will match it: decoded, so that {@code %61pi} is no way round. */
    private static String pathAsMatched(ServerHttpRequest request) {
        StringBuilder path = new StringBuilder();
        for (PathContainer.Element element :
                request.getPath().pathWithinApplication().elements()) {
            path.append(element instanceof PathSegment segment ? segment.valueToMatch() : element.value());
        }
        return path.toString();
    }

    private static boolean isUnder(String path, List<String> roots) {
        for (String root : roots) {
            if (path.startsWith(root) && (path.length() == root.length() || path.charAt(root.length()) == '/')) {
                return true;
            }
        }
        return false;
    }

    private Mono<Void> refuseHost(ServerWebExchange exchange) {
        return refuse(
                exchange,
                "unknown-host",
                new Problem(
                        HttpStatus.FORBIDDEN,
                        "without tokens the gateway answers under localhost and plain addresses only",
                        exchange.getRequest().getHeaders().getFirst(HttpHeaders.HOST),
                        null,
                        "allow the name by moa.gateway.security.allowed-hosts, or set tokens"));
    }

    private Mono<Void> refuse(ServerWebExchange exchange, String reason, Problem problem) {
        metrics.refused(reason);
        return problem.answer(exchange);
    }
}
