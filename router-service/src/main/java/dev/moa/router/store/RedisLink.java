package dev.moa.router.store;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionStateAdapter;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One shared connection to one Redis (alone, behind Sentinel, or a Cluster: as configured), opened when first
 * needed. While there is none the link's own thread tries again, 0.2 to 0.3 s after each attempt that failed, so that a
 * Redis that is away costs its callers nothing, and one that is back is asked at once.
 *
 * <p>A connection on which nothing was answered while somebody waited his whole time is dropped, and another one opened:
 * its other end may be gone without a word (a pause, a partition, an address that moved), which TCP takes a quarter of
 * an hour to notice. Not so a Cluster's, where one silent node says nothing of the others.
 *
 * <p>Safe for many threads. The client belongs to whoever made it; the connection belongs to the link.
 */
public final class RedisLink implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RedisLink.class);

    /** Between two attempts, at least; up to half as much again by chance. */
    private static final long RETRY_MS = 200;

    /** How long the first attempt is waited for; it also loads the client. */
    private static final long FIRST_PATIENCE_MS = 2_000;

    private static final long PATIENCE_MS = 200;

    private final Supplier<AbstractRedisClient> client;

    private final ScheduledExecutorService opener = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "router-redis-1");
        thread.setDaemon(true);
        return thread;
    });

    private final List<Runnable> reopenedListeners = new CopyOnWriteArrayList<>();

    private volatile @Nullable StatefulConnection<String, String> connection;
    private volatile @Nullable RedisClusterAsyncCommands<String, String> commands;
    private volatile @Nullable StoreException lastFailure;
    private @Nullable CompletableFuture<RedisClusterAsyncCommands<String, String>> opening; // guarded by this
    private long openedNanos; // guarded by this
    private volatile long answeredNanos;
    private volatile boolean wasOpen;
    private volatile boolean closed;

    public RedisLink(Supplier<AbstractRedisClient> client) {
        this.client = client;
    }

    /**
     * Adds somebody who runs each time there is a connection after there was none: what was published or asked meanwhile
     * is lost. It runs on a thread of the link or of the client and must not block.
     */
    public void onReopened(Runnable listener) {
        reopenedListeners.add(listener);
    }

    /** @throws StoreException if there is no connection and none can be opened now */
    public RedisClusterAsyncCommands<String, String> commands() {
        RedisClusterAsyncCommands<String, String> open = commands;
        if (open != null) {
            return open;
        }
        CompletableFuture<RedisClusterAsyncCommands<String, String>> attempt = opening();
        StoreException failure = lastFailure;
        if (failure != null) {
            throw new StoreException(String.valueOf(failure.getMessage()), failure);
        }
        try {
            return attempt.get(wasOpen ? PATIENCE_MS : FIRST_PATIENCE_MS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new StoreException("Redis does not answer: still connecting", e);
        } catch (ExecutionException e) {
            throw new StoreException("Redis does not answer: " + rootMessage(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted while connecting to Redis", e);
        }
    }

    private synchronized CompletableFuture<RedisClusterAsyncCommands<String, String>> opening() {
        if (closed) {
            throw new StoreException("closed");
        }
        CompletableFuture<RedisClusterAsyncCommands<String, String>> underWay = opening;
        if (underWay == null) {
            RedisClusterAsyncCommands<String, String> open = commands;
            if (open != null) {
                return CompletableFuture.completedFuture(open);
            }
            underWay = new CompletableFuture<>();
            opening = underWay;
            opener.execute(this::attempt);
        }
        return underWay;
    }

    private void attempt() {
        RedisClusterAsyncCommands<String, String> opened;
        try {
            opened = open();
        } catch (Throwable e) {
            // whatever it is, there is nobody else to try again
            StoreException failure = new StoreException("Redis does not answer: " + rootMessage(e), e);
            lastFailure = failure;
            settle(new CompletableFuture<>()).completeExceptionally(failure);
            tryAgain();
            return;
        }
        boolean again = wasOpen || lastFailure != null;
        wasOpen = true;
        lastFailure = null;
        settle(null).complete(opened);
        if (again) {
            reopened();
        }
    }

    /** Returns whom the attempt that is over was for. */
    private synchronized CompletableFuture<RedisClusterAsyncCommands<String, String>> settle(
            @Nullable CompletableFuture<RedisClusterAsyncCommands<String, String>> next) {
        CompletableFuture<RedisClusterAsyncCommands<String, String>> over = opening;
        opening = next;
        return over == null ? new CompletableFuture<>() : over;
    }

    private void tryAgain() {
        try {
            long delay = RETRY_MS + ThreadLocalRandom.current().nextLong(RETRY_MS / 2);
            opener.schedule(this::attempt, delay, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // closed
        }
    }

    private void reopened() {
        reopenedListeners.forEach(Runnable::run);
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
            log.warn("Redis answers nothing on this connection: it is closed, and another one opened");
            if (!closed) {
                opening();
            }
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
        if (closed) {
            opened.closeAsync();
            throw new StoreException("closed");
        }
        openedNanos = System.nanoTime();
        answeredNanos = openedNanos;
        connection = opened;
        commands = asked;
        // by the client itself, where the other end closed it
        opened.addListener(new RedisConnectionStateAdapter() {
            @Override
            public void onRedisConnected(RedisChannelHandler<?, ?> again, SocketAddress address) {
                reopened();
            }
        });
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
    public synchronized void close() {
        closed = true;
        opener.shutdownNow();
        settle(null).completeExceptionally(new StoreException("closed"));
        commands = null;
        StatefulConnection<String, String> open = connection;
        connection = null;
        if (open != null) {
            open.closeAsync();
        }
    }
}
