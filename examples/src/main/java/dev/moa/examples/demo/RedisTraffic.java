package dev.moa.examples.demo;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What a PHP or Python process does: a stock Redis client and {@code GET} or {@code MGET} of requests. */
final class RedisTraffic implements AutoCloseable {

    private final RedisClient client;
    private final RedisURI uri;
    private @Nullable CompletionStage<StatefulRedisConnection<String, String>> connection;

    RedisTraffic(URI uri) {
        this.uri = RedisURI.create(uri);
        this.uri.setTimeout(Duration.ofSeconds(2));
        this.client = RedisClient.create(this.uri);
        client.setOptions(ClientOptions.builder()
                .requestQueueSize(1_000)
                .timeoutOptions(TimeoutOptions.enabled(Duration.ofSeconds(2)))
                .build());
    }

    CompletionStage<?> get(String request) {
        return connection().thenCompose(c -> c.async().get(request));
    }

    CompletionStage<?> mget(String... requests) {
        return connection().thenCompose(c -> c.async().mget(requests));
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }

    // opened by the first call, again after a failure; from then on the client reconnects by itself
    private synchronized CompletionStage<StatefulRedisConnection<String, String>> connection() {
        CompletionStage<StatefulRedisConnection<String, String>> current = connection;
        if (current == null || current.toCompletableFuture().isCompletedExceptionally()) {
            current = client.connectAsync(StringCodec.UTF8, uri);
            connection = current;
        }
        return current;
    }
}
