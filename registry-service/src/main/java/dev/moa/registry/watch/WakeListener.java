package dev.moa.registry.watch;

import dev.moa.protocol.ServiceName;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.listener.ChannelTopic;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;
import org.springframework.util.backoff.FixedBackOff;

/**
 * Hears the wake-ups of all registries. They only wake: a lost one is made up for by the hub's poll. A Redis that is
 * not there yet is waited for in the background.
 */
final class WakeListener implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(WakeListener.class);
    private static final long RETRY_MS = 1000;

    private final SubscriptionHub hub;
    private final RedisMessageListenerContainer container = new RedisMessageListenerContainer();
    private boolean running;

    WakeListener(RedisConnectionFactory connections, SubscriptionHub hub) {
        this.hub = hub;
        container.setConnectionFactory(connections);
        container.setRecoveryBackoff(new FixedBackOff(RETRY_MS, FixedBackOff.UNLIMITED_ATTEMPTS));
        container.setErrorHandler(failure -> log.debug("A wake-up was not understood", failure));
        container.addMessageListener(
                (message, pattern) -> wake(new String(message.getBody(), StandardCharsets.UTF_8)),
                ChannelTopic.of("moa:wake"));
    }

    private void wake(String message) {
        int space = message.indexOf(' ');
        hub.wake(Set.of(ServiceName.of(space < 0 ? message : message.substring(0, space))));
    }

    @Override
    public synchronized void start() {
        if (running) {
            return;
        }
        running = true;
        container.afterPropertiesSet();
        Thread starter = new Thread(this::listen, "registry-wake-1");
        starter.setDaemon(true);
        starter.start();
    }

    private void listen() {
        while (isRunning()) {
            try {
                container.start();
                return;
            } catch (RuntimeException away) {
                log.debug("No wake-ups yet: {}", away.getMessage());
                container.stop();
            }
            try {
                Thread.sleep(RETRY_MS);
            } catch (InterruptedException stopping) {
                return;
            }
        }
    }

    @Override
    public void stop() {
        synchronized (this) {
            running = false;
        }
        container.stop();
    }

    @Override
    public synchronized boolean isRunning() {
        return running;
    }
}
