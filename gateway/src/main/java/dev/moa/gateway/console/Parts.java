package dev.moa.gateway.console;

import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import java.net.ConnectException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How each of the platform's apps is, for the console's header: asked at most every {@link #AGE}, however many
 * consoles are open.
 */
final class Parts {

    private static final Duration AGE = Duration.ofSeconds(2);
    private static final Duration CONNECT = Duration.ofMillis(500);
    private static final Duration ANSWER = Duration.ofMillis(1_500);
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final PlatformApps apps;
    private final @Nullable String token;
    private final Clock clock;
    private final WebClient client;
    private final Mono<byte[]> answer;

    /** @param ssl by what apps are asked whose address is https; null means whom the JVM trusts */
    Parts(PlatformApps apps, @Nullable String token, @Nullable SslContext ssl, Clock clock) {
        this.apps = apps;
        this.token = token;
        this.clock = clock;
        ConnectionProvider connections = ConnectionProvider.builder("gateway-parts")
                .maxConnections(2)
                .pendingAcquireMaxCount(16)
                .pendingAcquireTimeout(ANSWER)
                .maxIdleTime(Duration.ofSeconds(20))
                .build();
        HttpClient http = HttpClient.create(connections)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT.toMillis())
                .responseTimeout(ANSWER);
        this.client = WebClient.builder()
                .clientConnector(
                        new ReactorClientHttpConnector(ssl == null ? http : http.secure(spec -> spec.sslContext(ssl))))
                .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(64 * 1024))
                .build();
        this.answer = Mono.defer(this::ask).cache(AGE);
    }

    /** {@code GET /console/api/gateway/parts}. */
    Mono<ServerResponse> parts(ServerRequest request) {
        return answer.flatMap(json ->
                ServerResponse.ok().contentType(MediaType.APPLICATION_JSON).bodyValue(json));
    }

    private Mono<byte[]> ask() {
        return Flux.fromIterable(apps.byName().entrySet())
                .flatMapSequential(app -> part(app.getKey(), app.getValue()))
                .collectList()
                .map(parts -> MAPPER.writeValueAsBytes(Map.of("atMs", clock.millis(), "parts", parts)));
    }

    private Mono<Map<String, Object>> part(String name, URI base) {
        long started = System.nanoTime();
        return client.get()
                .uri(base.resolve("/actuator/health"))
                .headers(headers -> {
                    if (token != null) {
                        headers.setBearerAuth(token);
                    }
                })
                .exchangeToMono(response -> response.bodyToMono(byte[].class)
                        .defaultIfEmpty(new byte[0])
                        .map(body -> health(body, response.statusCode().value())))
                .timeout(ANSWER)
                .onErrorResume(failure -> Mono.just(new Health("DOWN", reason(failure))))
                .map(health -> {
                    Map<String, Object> part = new LinkedHashMap<>();
                    part.put("name", name);
                    part.put("status", health.status());
                    part.put("url", base.toString());
                    if (health.detail() != null) {
                        part.put("detail", health.detail());
                    }
                    part.put("tookMs", (System.nanoTime() - started) / 1_000_000);
                    return part;
                });
    }

    /** Whoever answers is at work, if not well: only silence is "down". */
    private static Health health(byte[] body, int httpStatus) {
        JsonNode json;
        try {
            json = MAPPER.readTree(body);
        } catch (JacksonException e) {
            return new Health("DEGRADED", "answers HTTP " + httpStatus);
        }
        String status = json.path("status").asString("");
        if (status.equals("UP")) {
            return new Health("UP", null);
        }
        String failing = json.path("components").properties().stream()
                .filter(component ->
                        !component.getValue().path("status").asString("").equals("UP"))
                .map(Map.Entry::getKey)
                .collect(Collectors.joining(", "));
        return new Health(
                "DEGRADED", !failing.isEmpty() ? failing : status.isEmpty() ? "answers HTTP " + httpStatus : status);
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure instanceof WebClientRequestException && failure.getCause() != null
                ? failure.getCause()
                : failure;
        if (cause instanceof ConnectException) {
            return "takes no connections";
        }
        return cause instanceof TimeoutException ? "no answer in " + ANSWER.toMillis() + " ms" : "no answer";
    }

    private record Health(String status, @Nullable String detail) {}
}
