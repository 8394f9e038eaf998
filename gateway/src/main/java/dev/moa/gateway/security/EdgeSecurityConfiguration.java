package dev.moa.gateway.security;

import dev.moa.gateway.GatewayMetrics;
import dev.moa.spring.security.BindGuard;
import dev.moa.spring.security.TokenBook;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/** The guard at the edge, over the tokens that the starter reads. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(EdgeSecurityProperties.class)
class EdgeSecurityConfiguration {

    @Bean
    Sessions consoleSessions(TokenBook tokens, EdgeSecurityProperties settings, Clock clock) {
        return new Sessions(tokens, settings.sessionTime(), clock);
    }

    @Bean
    EdgeGuard edgeGuard(
            TokenBook tokens,
            Sessions sessions,
            EdgeSecurityProperties settings,
            GatewayMetrics metrics,
            @Value("${server.address:#{null}}") @Nullable String address) {
        BindGuard.check("server.address", address, tokens);
        return new EdgeGuard(
                tokens, sessions, new Origins(settings.allowedOrigins(), settings.allowedHosts()), metrics);
    }

    @Bean
    SecurityHeaders securityHeaders() {
        return new SecurityHeaders();
    }

    @Bean
    RouterFunction<ServerResponse> loginRoutes(
            TokenBook tokens, Sessions sessions, EdgeSecurityProperties settings, Clock clock, GatewayMetrics metrics) {
        LoginEndpoint login = new LoginEndpoint(
                tokens, sessions, new LoginFailures(settings.loginFailures(), clock), settings.sessionTime(), metrics);
        return RouterFunctions.route()
                .POST("/console/login", login::login)
                .POST("/console/logout", login::logout)
                .GET("/console/session", login::session)
                .build();
    }
}
