package dev.moa.gateway.problem;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/**
 * An answer that is not the one asked for, as {@code application/problem+json} (RFC 9457).
 *
 * @param status the HTTP status
 * @param detail what is wrong, for people
 * @param value the value that is wrong; null where there is none
 * @param limit the limit that it breaks; null where there is none
 * @param todo what to do about it
 */
public record Problem(
        HttpStatus status,
        String detail,
        @Nullable Object value,
        @Nullable Object limit,
        String todo) {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /** Returns a problem without value and limit. */
    public static Problem of(HttpStatus status, String detail, String todo) {
        return new Problem(status, detail, null, null, todo);
    }

    /** Returns the problem as UTF-8 JSON. */
    public byte[] json() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("title", status.getReasonPhrase());
        fields.put("status", status.value());
        fields.put("detail", detail);
        if (value != null) {
            fields.put("value", value);
        }
        if (limit != null) {
            fields.put("limit", limit);
        }
        fields.put("todo", todo);
        return MAPPER.writeValueAsBytes(fields);
    }

    /** Answers the exchange with the problem; does nothing if an answer has begun. */
    public Mono<Void> answer(ServerWebExchange exchange) {
        ServerHttpResponse response = exchange.getResponse();
        if (!response.setStatusCode(status)) {
            return response.setComplete();
        }
        response.getHeaders().setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        if (status == HttpStatus.UNAUTHORIZED) {
            response.getHeaders().set("WWW-Authenticate", "Bearer");
        }
        if (status == HttpStatus.TOO_MANY_REQUESTS) {
            response.getHeaders().set("Retry-After", "1");
        }
        byte[] json = json();
        response.getHeaders().setContentLength(json.length);
        DataBuffer buffer = response.bufferFactory().wrap(json);
        return response.writeWith(Mono.just(buffer));
    }
}
