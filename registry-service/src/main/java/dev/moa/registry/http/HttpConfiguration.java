package dev.moa.registry.http;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(HttpProperties.class)
class HttpConfiguration {

    @Bean
    MoaAddress moaAddress(Environment settings) {
        return MoaAddress.of(settings);
    }

    @Bean
    BodyLimit bodyLimit(HttpProperties properties) {
        return new BodyLimit(properties.maxBody().toBytes());
    }
}
