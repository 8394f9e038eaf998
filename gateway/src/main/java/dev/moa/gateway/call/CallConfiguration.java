package dev.moa.gateway.call;

import dev.moa.gateway.GatewayMetrics;
import dev.moa.sdk.MoaClient;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/** Where {@code /api} leads. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(CallProperties.class)
class CallConfiguration {

    @Bean
    CallEndpoint callEndpoint(MoaClient client, CallProperties limits, GatewayMetrics metrics) {
        return new CallEndpoint(client, limits, metrics);
    }

    @Bean
    RouterFunction<ServerResponse> callRoutes(CallEndpoint endpoint) {
        return RouterFunctions.route()
                .POST("/api/**", endpoint::call)
                .GET("/api/**", request -> request.path().endsWith(CallPath.OPEN_API), endpoint::openApi)
                .route(RequestPredicates.path("/api/**"), endpoint::wrongMethod)
                .build();
    }
}
