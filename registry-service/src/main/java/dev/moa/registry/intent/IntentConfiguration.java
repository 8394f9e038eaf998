package dev.moa.registry.intent;

import dev.moa.registry.catalog.RedisCatalog;
import dev.moa.registry.replica.Replicas;
import dev.moa.registry.store.RedisStore;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(IntentProperties.class)
class IntentConfiguration {

    @Bean
    Audit audit(RedisStore store, IntentProperties properties) {
        return new Audit(store, properties.keptAudit());
    }

    @Bean
    OverrideDesk overrideDesk(RedisCatalog catalog, RedisStore store, Replicas replicas, Audit audit) {
        return new OverrideDesk(catalog, store, replicas, audit);
    }
}
