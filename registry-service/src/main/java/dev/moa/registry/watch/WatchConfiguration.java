package dev.moa.registry.watch;

import dev.moa.registry.RegistryMetrics;
import dev.moa.registry.catalog.RedisCatalog;
import dev.moa.registry.store.RedisStore;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.thread.Threading;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.data.redis.connection.RedisConnectionFactory;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(WatchProperties.class)
class WatchConfiguration {

    @Bean
    SubscriptionHub subscriptionHub(
            RedisCatalog catalog,
            RedisStore store,
            WatchProperties bounds,
            RegistryMetrics metrics,
            Environment environment) {
        // a thread lives only while it sends, and each subscription has at most one: the watches bound them
        SimpleAsyncTaskExecutor senders = new SimpleAsyncTaskExecutor("registry-sender-");
        senders.setVirtualThreads(Threading.VIRTUAL.isActive(environment));
        senders.setDaemon(true);
        SubscriptionHub hub = new SubscriptionHub(catalog, store, bounds, senders, metrics);
        catalog.tell(hub);
        metrics.gauge("watch.subscribers", "Watches that are open", hub::size);
        return hub;
    }

    @Bean
    WakeListener wakeListener(RedisConnectionFactory connections, RedisStore store, SubscriptionHub hub) {
        return new WakeListener(connections, store, hub);
    }
}
