package dev.moa.registry.catalog;

import dev.moa.registry.RegistryMetrics;
import dev.moa.registry.store.RedisStore;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(CatalogProperties.class)
class CatalogConfiguration {

    @Bean
    ServiceIndex serviceIndex(RedisStore store, CatalogProperties limits) {
        return new ServiceIndex(store, limits.maxServices());
    }

    @Bean
    RedisCatalog redisCatalog(RedisStore store, ServiceIndex index, CatalogProperties limits, RegistryMetrics metrics) {
        return new RedisCatalog(store, index, limits, metrics);
    }
}
