package dev.moa.gateway.security;

import dev.moa.gateway.GatewayMetrics;
import dev.moa.gateway.problem.Problem;
import dev.moa.protocol.Caller;
import dev.moa.spring.security.TokenBook;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseCookie;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Signing in and out at the console: a token in, a cookie that no script can read out. */
final class LoginEndpoint {

    private static final int MOST_BYTES = 8_192;
    private static final Duration BODY_TIME = Duration.ofSeconds(5);
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final TokenBook tokens;
    private final Sessions sessions;
    private final LoginFailures failures;
    private final Duration time;
    private final GatewayMetrics metrics;

    LoginEndpoint(TokenBook tokens, Sessions sessions, LoginFailures failures, Duration time, GatewayMetrics metrics) {
        this.tokens = tokens;
        this.sessions = sessions;
        this.failures = failures;
        this.time = time;
        this.metrics = metrics;
    }

    /** {@code POST /console/login {"token":…}}: 204 with the cookie, or 401. */
    Mono<ServerResponse> login(ServerRequest request) {
        String address = request.remoteAddress()
                .map(InetSocketAddress::getAddress)
                .map(InetAddress::getHostAddress)
                .orElse("unknown");
        if (failures.isBlocked(address)) {
            return problem(Problem.of(
                    HttpStatus.TOO_MANY_REQUESTS, "too many wrong tokens from " + address, "try again in a minute"));
        }
        MediaType type = request.headers().contentType().orElse(null);
        if (!MediaType.APPLICATION_JSON.equalsTypeAndSubtype(type)) {
            return problem(new Problem(
                    HttpStatus.UNSUPPORTED_MEDIA_TYPE,
                    "the content-type is not application/json",
                    type == null ? "none" : type.toString(),
                    null,
                    "send {\"token\":…}"));
        }
        return DataBufferUtils.join(request.exchange().getRequest().getBody(), MOST_BYTES)
                .timeout(BODY_TIME)
                .map(LoginEndpoint::bytes)
                .defaultIfEmpty(new byte[0])
                .flatMap(body -> check(request, address, token(body)))
                .onErrorResume(
                        DataBufferLimitException.class,
                        e -> problem(new Problem(
                                HttpStatus.CONTENT_TOO_LARGE,
                                "the body is too large",
                                null,
                                MOST_BYTES,
                                "send {\"token\":…}")));
    }

    /** {@code POST /console/logout}: 204 and no cookie any more. */
    Mono<ServerResponse> logout(ServerRequest request) {
        return ServerResponse.noContent()
                .cookie(cookie(request, "", Duration.ZERO))
                .build();
    }

    /** {@code GET /console/session}: whether tokens are asked for, and whose this is; the guard answers 401. */
    Mono<ServerResponse> session(ServerRequest request) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("tokens", tokens.isRequired());
        Caller caller = EdgeCaller.of(request.exchange());
        if (caller != null) {
            answer.put("name", caller.name());
            answer.put("role", caller.role().name().toLowerCase(Locale.ROOT));
        }
        return ServerResponse.ok().contentType(MediaType.APPLICATION_JSON).bodyValue(MAPPER.writeValueAsBytes(answer));
    }

    private Mono<ServerResponse> check(ServerRequest request, String address, String secret) {
        Caller caller = tokens.find(secret);
        if (caller == null) {
            failures.add(address);
            metrics.refused("login");
            return problem(Problem.of(
                    HttpStatus.UNAUTHORIZED,
                    "this token is not one of the gateway's",
                    "./moa token prints the right one"));
        }
        return ServerResponse.noContent()
                .cookie(cookie(request, sessions.open(caller, secret), time))
                .build();
    }

    private static ResponseCookie cookie(ServerRequest request, String value, Duration age) {
        return ResponseCookie.from(EdgeCaller.COOKIE, value)
                .httpOnly(true)
                .sameSite("Strict")
                .secure("https".equals(request.uri().getScheme()))
                .path("/")
                .maxAge(age)
                .build();
    }

    private static byte[] bytes(DataBuffer buffer) {
        byte[] bytes = new byte[buffer.readableByteCount()];
        buffer.read(bytes);
        DataBufferUtils.release(buffer);
        return bytes;
    }

    private static String token(byte[] body) {
        try {
            JsonNode token = MAPPER.readTree(body).path("token");
            return token.isString() ? token.stringValue().strip() : "";
        } catch (JacksonException e) {
            return "";
        }
    }

    private static Mono<ServerResponse> problem(Problem problem) {
        return ServerResponse.status(problem.status())
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .bodyValue(problem.json());
    }
}
