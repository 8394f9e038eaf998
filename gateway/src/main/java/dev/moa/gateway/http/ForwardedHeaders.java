package dev.moa.gateway.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;

/**
 * Tells an HTTP service who asked and under which address. Runs after Spring Cloud Gateway has taken out what the
 * client itself says of that, because anybody can say it.
 */
final class ForwardedHeaders implements HttpHeadersFilter, Ordered {

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
        HttpTarget target = HttpTarget.find(exchange);
        if (target == null) {
            return input;
        }
        ServerHttpRequest request = exchange.getRequest();
        HttpHeaders headers = new HttpHeaders();
        headers.putAll(input);
        headers.set("X-Forwarded-Prefix", ServicePath.PREFIX + target.service());
        headers.set("X-Forwarded-Proto", String.valueOf(request.getURI().getScheme()));
        String host = request.getHeaders().getFirst(HttpHeaders.HOST);
        if (host != null) {
            headers.set("X-Forwarded-Host", host);
        }
        InetSocketAddress remote = request.getRemoteAddress();
        InetAddress address = remote == null ? null : remote.getAddress();
        if (address != null) {
            headers.set("X-Forwarded-For", address.getHostAddress());
        }
        return headers;
    }
}
