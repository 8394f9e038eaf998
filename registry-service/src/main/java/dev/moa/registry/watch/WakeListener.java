package dev.moa.registry.watch;

import dev.moa.registry.store.RedisStore;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.data.redis.connection.Message;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * Hears the wake-ups of all registries. They only wake: a lost one is made up for by the hub's poll.
 *
 * <p>A thread of its own subscribes once Redis is there; from then on Lettuce reconnects and subscribes again by
 * itself. (Spring's listener container retries inside its own stack, which grows for as long as Redis is away.)
 */
final class WakeListener implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(WakeListener.class);
    private static final byte[] CHANNEL = "moa:wake".getBytes(StandardCharsets.UTF_8);
    private static final long RETRY_MS = 500;

    private final RedisConnectionFactory connections;
    private final RedisStore store;
    private final SubscriptionHub hub;
    private @Nullable Thread thread;

    WakeListener(RedisConnectionFactory connections, RedisStore store, SubscriptionHub hub) {
        this.connections = connections;
        this.store = store;
        this.hub = hub;
    }

    @Override
    public synchronized void start() {
        if (thread == null) {
            Thread listener = new Thread(this::run, "registry-wake-1");
            listener.setDaemon(true);
            thread = listener;
            listener.start();
        }
    }

    @Override
    public synchronized void stop() {
        Thread listener = thread;
        thread = null;
        if (listener != null) {
            listener.interrupt();
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return thread != null;
    }

    private void run() {
        RedisConnection connection = null;
        while (isRunning()) {
            // one that Redis is away from may look open for ever
            boolean isAway = store.absence() != null;
            if (connection == null || isAway || connection.isClosed() || !connection.isSubscribed()) {
                close(connection);
                connection = subscribe();
            }
            try {
                Thread.sleep(RETRY_MS);
            } catch (InterruptedException stopping) {
                break;
            }
        }
        close(connection);
    }

    private @Nullable RedisConnection subscribe() {
        if (store.absence() != null) {
            return null;
        }
        RedisConnection connection = null;
        try {
            connection = connections.getConnection();
            connection.subscribe(this::hear, CHANNEL);
            return connection;
        } catch (RuntimeException away) {
            log.debug("No wake-ups yet: {}", away.getMessage());
            close(connection);
            return null;
        }
    }

    private void hear(Message message, byte @Nullable [] pattern) {
        if (hub.isIdle()) {
            return;
        }
        String wake = new String(message.getBody(), StandardCharsets.UTF_8);
        try {
            // most are of services that nobody watches here
            if (hub.isWatched(Wake.service(wake))) {
                hub.wake(Wake.parse(wake));
            }
        } catch (IllegalArgumentException notOurs) {
            log.debug("A wake-up was not understood: {}", notOurs.getMessage());
        }
    }

    private static void close(@Nullable RedisConnection connection) {
        if (connection != null) {
            try {
                connection.close();
            } catch (RuntimeException gone) {
                log.debug("The wake-up connection was gone already: {}", gone.getMessage());
            }
        }
    }
}
