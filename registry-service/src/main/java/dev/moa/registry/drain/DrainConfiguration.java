package dev.moa.registry.drain;

import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.registry.catalog.RedisCatalog;
import dev.moa.registry.intent.OverrideDesk;
import dev.moa.registry.watch.SubscriptionHub;
import dev.moa.spring.security.TokenBook;
import dev.moa.spring.ssl.MoaSsl;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class DrainConfiguration {

    @Bean
    Drains drains(RedisCatalog catalog, OverrideDesk desk, SubscriptionHub hub, TokenBook tokens, MoaSsl ssl) {
        ConnectionOptions options = ConnectionOptions.defaults()
                .withToken(tokens.own())
                .withApp("registry")
                .withSsl(ssl.client());
        return new Drains(catalog, desk, hub, options);
    }
}
