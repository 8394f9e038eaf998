package dev.moa.spring.security;

import jakarta.servlet.Filter;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** Reads the tokens, and guards the REST face of the platform's own apps. */
@AutoConfiguration
@EnableConfigurationProperties(MoaSecurityProperties.class)
public class MoaSecurityAutoConfiguration {

    @Bean
    TokenBook moaTokenBook(MoaSecurityProperties settings) {
        return TokenBook.read(settings);
    }

    /** The REST face, where it is on the servlet stack. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(Filter.class)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    @ConditionalOnProperty(name = "moa.security.protect-http", havingValue = "true")
    static class Servlet {

        @Bean
        FilterRegistrationBean<BearerTokenFilter> moaBearerTokenFilter(
                TokenBook tokens,
                MoaSecurityProperties settings,
                @Value("${server.address:#{null}}") @Nullable String address) {
            BindGuard.check("server.address", address, tokens);
            FilterRegistrationBean<BearerTokenFilter> registration = new FilterRegistrationBean<>(
                    new BearerTokenFilter(tokens, settings.operatorPaths(), settings.readPaths()));
            registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 10);
            return registration;
        }
    }
}
