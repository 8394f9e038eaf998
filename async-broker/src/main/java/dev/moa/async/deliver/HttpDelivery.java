package dev.moa.async.deliver;

import dev.moa.async.task.Target;
import dev.moa.async.task.Task;
import dev.moa.async.task.TaskProblem;
import dev.moa.async.task.TraceParent;
import dev.moa.protocol.StatusCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;
import tools.jackson.databind.json.JsonMapper;

/**
 * Delivers to HTTP endpoints. The host is resolved here, checked by the {@link AddressGuard}, and the request
 * goes to the very address that passed: nothing resolves again, no redirect is followed, no proxy is asked.
 * Of the answer only the first bytes are read.
 */
public final class HttpDelivery implements Delivery, AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final AddressGuard guard;
    private final Clock clock;
    private final int maxResponse;
    private final ConnectionProvider connections;
    private final LoopResources loops = LoopResources.create("async-http", 1, true);
    private final HttpClient client;
    private final ThreadPoolExecutor resolving;

    public HttpDelivery(AddressGuard guard, HttpDeliveryProperties properties, Clock clock) {
        this.guard = guard;
        this.clock = clock;
        this.maxResponse = (int) properties.maxResponse().toBytes();
        this.connections = ConnectionProvider.builder("async-http")
                .maxConnections(properties.maxConnections())
                .pendingAcquireMaxCount(1_024)
                .pendingAcquireTimeout(Duration.ofSeconds(10))
                .maxIdleTime(Duration.ofSeconds(10))
                .evictInBackground(Duration.ofSeconds(10))
                .build();
        this.client = HttpClient.create(connections)
                .runOn(loops)
                .followRedirect(false)
                .noProxy()
                .disableRetry(true)
                .httpResponseDecoder(spec -> spec.maxInitialLineLength(8_192).maxHeaderSize(16_384))
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        properties.connectTimeout().toMillis());
        // DNS blocks, and may do so for seconds: threads of its own, which come and go
        AtomicInteger number = new AtomicInteger();
        this.resolving = new ThreadPoolExecutor(8, 8, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(10_000), task -> {
            Thread thread = new Thread(task, "async-resolve-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        this.resolving.allowCoreThreadTimeOut(true);
    }

    @Override
    public CompletableFuture<Outcome> attempt(Task task, int attempt) {
        Target.HttpTarget target = (Target.HttpTarget) task.target();
        Duration timeout = Duration.ofMillis(task.timeoutMs());
        return CompletableFuture.supplyAsync(() -> guard.resolve(target.url()), resolving)
                .thenCompose(address -> send(task, target, attempt, address, timeout))
                .completeOnTimeout(
                        Outcome.retry("no answer within %d ms".formatted(task.timeoutMs()), null, true),
                        task.timeoutMs() + 500,
                        TimeUnit.MILLISECONDS)
                .exceptionally(HttpDelivery::failed);
    }

    private CompletableFuture<Outcome> send(
            Task task, Target.HttpTarget target, int attempt, InetSocketAddress address, Duration timeout) {
        URI url = target.url();
        boolean secure = url.getScheme().equalsIgnoreCase("https");
        HttpClient prepared = client.remoteAddress(() -> address)
                .responseTimeout(timeout)
                .headers(headers -> fill(headers, task, target, attempt));
        if (secure) {
            prepared = prepared.secure();
        } else {
            prepared = prepared.noSSL();
        }
        String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        String uri = url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
        return prepared.request(HttpMethod.valueOf(target.method()))
                .uri(uri)
                .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(task.body())))
                .response((response, content) -> firstBytes(content.map(HttpDelivery::copy))
                        .map(body -> judge(response, body))
                        .flux())
                .next()
                .switchIfEmpty(Mono.just(Outcome.retry("an empty answer", null, true)))
                .timeout(timeout)
                .toFuture();
    }

    private static void fill(HttpHeaders headers, Task task, Target.HttpTarget target, int attempt) {
        headers.set(HttpHeaderNames.USER_AGENT, "moa");
        target.headers().forEach(headers::set);
        if (task.body().length > 0 && !headers.contains(HttpHeaderNames.CONTENT_TYPE)) {
            headers.set(HttpHeaderNames.CONTENT_TYPE, "application/json");
        }
        headers.set(HttpHeaderNames.HOST, target.url().getRawAuthority());
        headers.set(HttpHeaderNames.CONTENT_LENGTH, task.body().length);
        headers.set("Moa-Task-Id", task.id().toString());
        headers.set("Moa-Attempt", Integer.toString(attempt));
        headers.set("traceparent", TraceParent.child(task.traceparent()));
    }

    private static byte[] copy(ByteBuf part) {
        byte[] bytes = new byte[part.readableBytes()];
        part.readBytes(bytes);
        return bytes;
    }

    /** Collects up to the limit and a byte, then cancels, which closes the connection. */
    private Mono<byte[]> firstBytes(reactor.core.publisher.Flux<byte[]> parts) {
        return Mono.defer(() -> {
            java.io.ByteArrayOutputStream collected = new java.io.ByteArrayOutputStream(256);
            return parts.takeUntil(part -> {
                        collected.write(part, 0, Math.min(part.length, maxResponse + 1 - collected.size()));
                        return collected.size() > maxResponse;
                    })
                    .then(Mono.fromSupplier(collected::toByteArray));
        });
    }

    private Outcome judge(HttpClientResponse response, byte[] body) {
        int status = response.status().code();
        if (status >= 200 && status < 300) {
            return Outcome.done(result(status, body));
        }
        String error = "HTTP " + status + summary(body);
        if (status == 408 || status == 425 || status == 429 || status >= 500) {
            Duration retryAfter =
                    retryAfter(response.responseHeaders().get(HttpHeaderNames.RETRY_AFTER), clock.instant());
            return status == 501 || status == 505
                    ? Outcome.giveUp(error)
                    : // 500 is about this task; these three are about the target
                    Outcome.retry(error, retryAfter, status >= 502 && status <= 504);
        }
        if (status >= 300 && status < 400) {
            return Outcome.giveUp(error + ": redirects are not followed; submit the task with the final url");
        }
        return Outcome.giveUp(error);
    }

    private String result(int status, byte[] body) {
        boolean whole = body.length <= maxResponse;
        String text = new String(body, 0, Math.min(body.length, maxResponse), StandardCharsets.UTF_8);
        return JSON.writeValueAsString(
                whole
                        ? Map.of("status", status, "body", text)
                        : Map.of("status", status, "body", text, "truncated", true));
    }

    private static String summary(byte[] body) {
        String text = new String(body, 0, Math.min(body.length, 200), StandardCharsets.UTF_8)
                .replaceAll("\\s+", " ")
                .trim();
        return text.isEmpty() ? "" : " " + text;
    }

    /** Returns what a Retry-After header asks for, seconds or a date; null if it is absent or neither. */
    static @Nullable Duration retryAfter(@Nullable String header, Instant now) {
        if (header == null) {
            return null;
        }
        String value = header.trim();
        try {
            if (value.matches("[0-9]{1,9}")) {
                return Duration.ofSeconds(Long.parseLong(value));
            }
            Duration wait = Duration.between(
                    now,
                    ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant());
            return wait.isNegative() ? Duration.ZERO : wait;
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static Outcome failed(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && !(root instanceof TaskProblem)) {
            root = root.getCause();
        }
        if (root instanceof TaskProblem problem) {
            return problem.code() == StatusCode.UNAVAILABLE
                    ? Outcome.retry(String.valueOf(problem.getMessage()), null, true)
                    : Outcome.giveUp(String.valueOf(problem.getMessage()));
        }
        String message = root.getMessage();
        return Outcome.retry(root.getClass().getSimpleName() + (message == null ? "" : ": " + message), null, true);
    }

    @Override
    public void close() {
        connections.dispose();
        loops.disposeLater(Duration.ZERO, Duration.ofSeconds(1)).subscribe();
        resolving.shutdownNow();
    }
}
