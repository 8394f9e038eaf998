package dev.moa.router.store;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One shared connection to one Redis (alone, behind Sentinel, or a Cluster: as configured), opened when first
 * needed and tried again at most twice a second, so that a Redis that is away costs its callers nothing.
 *
 * <p>A connection on which nothing was answered while somebody waited his whole time is dropped, and the next command
 * opens another: its other end may be gone without a word (a pause, a partition, an address that moved), which TCP
 * takes a quarter of an hour to notice. Not so a Cluster's, where one silent node says nothing of the others.
 *
 * <p>Safe for many threads. The client belongs to whoever made it; the connection belongs to the link.
 */
public final class RedisLink implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RedisLink.class);
    private static final long RETRY_NANOS = 500_000_000L;
    private static final long PATIENCE_NANOS = 200_000_000L;
    private static final long FIRST_PATIENCE_NANOS = 2_000_000_000L;

    private final Supplier<AbstractRedisClient> client;

    private final ReentrantLock connecting = new ReentrantLock();

    private volatile @Nullable StatefulConnection<String, String> connection;
    private volatile @Nullable RedisClusterAsyncCommands<String, String> commands;
    private volatile @Nullable StoreException lastFailure;
    private long openedNanos; // guarded by this
    private volatile long answeredNanos;
    private long lastAttemptNanos;
    private volatile boolean closed;

    public RedisLink(Supplier<AbstractRedisClient> client) {
        this.client = client;
    }

    /** @throws StoreException if there is no connection and none can be opened now */
    public RedisClusterAsyncCommands<String, String> commands() {
        RedisClusterAsyncCommands<String, String> open = commands;
        if (open != null) {
            return open;
        }
        try {
            // lookups do not queue up behind an attempt that hangs; the very first one also loads the client
            long patience = lastFailure == null ? FIRST_PATIENCE_NANOS : PATIENCE_NANOS;
            if (!connecting.tryLock(patience, TimeUnit.NANOSECONDS)) {
                throw new StoreException("Redis does not answer: still connecting");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted while connecting to Redis", e);
        }
        try {
            return connect();
        } finally {
            connecting.unlock();
        }
    }

    private RedisClusterAsyncCommands<String, String> connect() {
        RedisClusterAsyncCommands<String, String> open = commands;
        if (open != null) {
            return open;
        }
        if (closed) {
            throw new StoreException("closed");
        }
        StoreException failure = lastFailure;
        if (failure != null && System.nanoTime() - lastAttemptNanos < RETRY_NANOS) {
            throw failure;
        }
        try {
            open = open();
            lastFailure = null;
            return open;
        } catch (RuntimeException e) {
            failure = new StoreException("Redis does not answer: " + rootMessage(e), e);
            lastFailure = failure;
            lastAttemptNanos = System.nanoTime();
            throw failure;
        }
    }

    /**
     * Waits for a reply.
     *
     * @throws StoreException if there is none in time, or it is an error
     */
    public <T> T await(CompletionStage<T> reply, Duration timeout) {
        long began = System.nanoTime();
        try {
            T answer = reply.toCompletableFuture().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            answeredNanos = System.nanoTime();
            return answer;
        } catch (TimeoutException e) {
            dropIfSilent(began);
            throw new StoreException("Redis did not answer within " + timeout.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RedisCommandTimeoutException) {
                dropIfSilent(began);
            }
            throw new StoreException("Redis: " + rootMessage(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted while waiting for Redis", e);
        }
    }

    private synchronized void dropIfSilent(long sinceNanos) {
        StatefulConnection<String, String> silent = connection;
        boolean isSilent = openedNanos - sinceNanos < 0 && answeredNanos - sinceNanos < 0;
        if (silent != null && isSilent && !(silent instanceof StatefulRedisClusterConnection<?, ?>)) {
            commands = null;
            connection = null;
            silent.closeAsync();
            log.warn("Redis answers nothing on this connection: it is closed, and another one opened when needed");
        }
    }

    /** Opens a connection of its own for Pub/Sub; the caller closes it. */
    StatefulRedisPubSubConnection<String, String> openPubSub() {
        AbstractRedisClient redis = client.get();
        return redis instanceof RedisClusterClient cluster
                ? cluster.connectPubSub(StringCodec.UTF8)
                : ((RedisClient) redis).connectPubSub(StringCodec.UTF8);
    }

    private RedisClusterAsyncCommands<String, String> open() {
        AbstractRedisClient redis = client.get();
        if (redis instanceof RedisClusterClient cluster) {
            var opened = cluster.connect(StringCodec.UTF8);
            return keep(opened, opened.async());
        }
        var opened = ((RedisClient) redis).connect(StringCodec.UTF8);
        return keep(opened, opened.async());
    }

    private synchronized RedisClusterAsyncCommands<String, String> keep(
            StatefulConnection<String, String> opened, RedisClusterAsyncCommands<String, String> asked) {
        openedNanos = System.nanoTime();
        answeredNanos = openedNanos;
        connection = opened;
        commands = asked;
        return asked;
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    @Override
    public void close() {
        closed = true;
        commands = null;
        StatefulConnection<String, String> open = connection;
        connection = null;
        if (open != null) {
            open.closeAsync();
        }
    }
}
