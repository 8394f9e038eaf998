package dev.moa.registry.http;

import dev.moa.registry.quota.WriteQuota;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.tomcat.TomcatConnectorCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(HttpProperties.class)
class HttpConfiguration {

    @Bean
    MoaAddress moaAddress(Environment settings) {
        return MoaAddress.of(settings);
    }

    /** A watch keeps its connection and so its buffers: a thousand of Tomcat's own size are 150 MB. */
    @Bean
    TomcatConnectorCustomizer smallBuffers() {
        return connector -> {
            connector.setProperty("socket.appReadBufSize", "2048");
            connector.setProperty("socket.appWriteBufSize", "4096");
        };
    }

    /** For this door and for the moa port. */
    @Bean
    WriteQuota writeQuota(HttpProperties properties) {
        return new WriteQuota(properties.writesPerSecond(), properties.writesBurst());
    }

    @Bean
    BodyLimit bodyLimit(HttpProperties properties) {
        return new BodyLimit(properties.maxBody().toBytes());
    }

    /** After the token has been read, which says who the caller is. */
    @Bean
    FilterRegistrationBean<QuotaFilter> quotaFilter(WriteQuota writeQuota) {
        FilterRegistrationBean<QuotaFilter> quota = new FilterRegistrationBean<>(new QuotaFilter(writeQuota));
        quota.setOrder(Ordered.LOWEST_PRECEDENCE);
        return quota;
    }
}
