package dev.moa.router.store;

import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ONE Pub/Sub connection of a router. Messages only wake: whoever is woken reads the truth from the store.
 * After every (re)connection {@code onSubscribed} runs, because whatever was published meanwhile is lost.
 *
 * <p>Listeners run on the connection's event loop and must not block.
 */
public final class WakeSubscription implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(WakeSubscription.class);

    private static final long CHECK_SECONDS = 1;
    private static final long TIMEOUT_SECONDS = 1;

    private final RedisLink link;
    private final Map<String, Consumer<String>> listeners;
    private final Runnable onSubscribed;

    private final ScheduledExecutorService keeper = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "router-wake-1");
        thread.setDaemon(true);
        return thread;
    });

    private volatile @Nullable StatefulRedisPubSubConnection<String, String> connection;
    private volatile boolean closed;
    private boolean started;

    /** @param listeners what to run with each message, by channel */
    public WakeSubscription(RedisLink link, Map<String, Consumer<String>> listeners, Runnable onSubscribed) {
        this.link = link;
        this.listeners = Map.copyOf(listeners);
        this.onSubscribed = onSubscribed;
    }

    public synchronized void start() {
        if (!started && !closed) {
            started = true;
            keeper.scheduleWithFixedDelay(this::keep, 0, CHECK_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** Looks now whether messages arrive: other connections to the same Redis were lost. */
    public void checkSoon() {
        try {
            keeper.execute(this::keep);
        } catch (RejectedExecutionException e) {
            // closed
        }
    }

    /** Returns whether messages arrive at present. */
    public boolean isConnected() {
        StatefulRedisPubSubConnection<String, String> open = connection;
        return open != null && open.isOpen();
    }

    private void keep() {
        StatefulRedisPubSubConnection<String, String> open = connection;
        try {
            if (open == null) {
                connect();
            } else if (open.isOpen()) {
                // a connection whose other end vanished without a word looks open for ever
                open.async().ping().toCompletableFuture().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            }
            // not open: the client reconnects and subscribes again by itself
        } catch (InterruptedException e) {
            drop();
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            log.debug("wake-ups: {}", e.toString());
            drop();
            if (open != null) {
                // at once; what cannot be made is tried again in a second
                checkSoon();
            }
        }
    }

    private void connect() throws Exception {
        StatefulRedisPubSubConnection<String, String> opened = link.openPubSub();
        opened.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String channel, String message) {
                Consumer<String> listener = listeners.get(channel);
                if (listener != null) {
                    listener.accept(message);
                }
            }

            @Override
            public void subscribed(String channel, long count) {
                if (count == listeners.size()) {
                    onSubscribed.run();
                }
            }
        });
        connection = opened;
        opened.async()
                .subscribe(listeners.keySet().toArray(String[]::new))
                .toCompletableFuture()
                .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        if (closed) {
            drop();
        }
    }

    private void drop() {
        StatefulRedisPubSubConnection<String, String> open = connection;
        connection = null;
        if (open != null) {
            open.closeAsync();
        }
    }

    @Override
    public void close() {
        closed = true;
        keeper.shutdownNow();
        drop();
    }
}
