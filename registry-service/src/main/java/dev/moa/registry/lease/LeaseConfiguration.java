package dev.moa.registry.lease;

import dev.moa.registry.RegistryMetrics;
import dev.moa.registry.catalog.RedisCatalog;
import dev.moa.registry.catalog.RegistrationRules;
import dev.moa.registry.catalog.ServiceIndex;
import dev.moa.registry.store.RedisStore;
import java.time.Duration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(LeaseProperties.class)
class LeaseConfiguration {
    // a sweeper that slept longer than this between looking at Redis and ending a lease looks again first
    private static final Duration LOOK_AGE = Duration.ofSeconds(2);

    @Bean
    RegistrationRules registrationRules(LeaseProperties properties) {
        return new RegistrationRules(
                Math.toIntExact(properties.ttl().toSeconds()),
                Math.toIntExact(properties.minTtl().toSeconds()),
                Math.toIntExact(properties.maxTtl().toSeconds()));
    }

    @Bean
    LeaseSweeper leaseSweeper(
            RedisStore store,
            RedisCatalog catalog,
            ServiceIndex index,
            LeaseProperties properties,
            RegistryMetrics metrics) {
        return new LeaseSweeper(store, catalog, index, properties, LOOK_AGE, metrics);
    }
}
