package dev.moa.registry.replica;

import dev.moa.registry.RegistryMetrics;
import dev.moa.registry.store.RedisStore;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class ReplicaConfiguration {

    @Bean
    Replicas replicas(RedisStore store, RegistryMetrics metrics) {
        Replicas replicas = new Replicas(store);
        metrics.gauge("replicas", "Registries that live", () -> replicas.live().size());
        return replicas;
    }
}
