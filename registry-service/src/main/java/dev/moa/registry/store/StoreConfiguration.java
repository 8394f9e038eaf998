package dev.moa.registry.store;

import dev.moa.protocol.io.IoThreads;
import dev.moa.registry.RegistryMetrics;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.Transports;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.ClientResourcesBuilderCustomizer;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientOptionsBuilderCustomizer;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.core.StringRedisTemplate;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(StoreProperties.class)
class StoreConfiguration {
    // commands that may wait for an answer at once; more are refused
    private static final int REQUEST_QUEUE = 20_000;

    /** Without a connection a command fails at once; Lettuce would keep it, and its caller, until the timeout. */
    @Bean
    LettuceClientOptionsBuilderCustomizer failFast() {
        return options -> options.disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .timeoutOptions(TimeoutOptions.enabled())
                .requestQueueSize(REQUEST_QUEUE);
    }

    /** Lettuce would wait up to 30 s between two attempts. */
    @Bean
    ClientResourcesBuilderCustomizer comeBackSoon(StoreProperties properties) {
        Duration longest = properties.reconnectDelay();
        return resources ->
                resources.reconnectDelay(Delay.exponential(Duration.ofMillis(10), longest, 2, TimeUnit.MILLISECONDS));
    }

    /** Unless Lettuce was told to use another transport than the port. */
    @Bean
    ClientResourcesBuilderCustomizer onTheLoopsOfThePort() {
        return resources -> {
            if (Transports.socketChannelClass() == IoThreads.channelType()) {
                resources.eventLoopGroupProvider(new SharedLoops());
            }
        };
    }

    @Bean
    RegistryMetrics registryMetrics(MeterRegistry meters) {
        return new RegistryMetrics(meters);
    }

    @Bean
    RedisStore redisStore(StringRedisTemplate redis, RegistryMetrics metrics, StoreProperties properties) {
        return new RedisStore(redis, metrics, properties.awayAfter());
    }

    @Bean
    HealthIndicator storeHealthIndicator(RedisStore store, RegistryMetrics metrics) {
        metrics.gauge("store.up", "1 while Redis is there, else 0", () -> store.absence() == null ? 1 : 0);
        return new StoreHealth(store);
    }
}
