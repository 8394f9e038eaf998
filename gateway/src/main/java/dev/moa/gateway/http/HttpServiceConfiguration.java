package dev.moa.gateway.http;

import dev.moa.gateway.GatewayMetrics;
import dev.moa.sdk.MoaClient;
import dev.moa.spring.security.TokenBook;
import dev.moa.spring.ssl.MoaSsl;
import io.netty.handler.ssl.SslContext;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.cloud.gateway.support.RouteMetadataUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The route of Spring Cloud Gateway for all registered HTTP services; which one is decided per request. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(HttpProxyProperties.class)
class HttpServiceConfiguration {

    @Bean
    ForwardedHeaders forwardedHeaders() {
        return new ForwardedHeaders();
    }

    /** HTTPS, to services and to the platform's own apps, is asked by what moa ports are asked by. */
    @Bean
    HttpClientCustomizer httpsByTheClientBundle(MoaSsl ssl) {
        SslContext client = ssl.client();
        return http -> client == null ? http : http.secure(spec -> spec.sslContext(client));
    }

    @Bean
    RouteLocator httpServiceRoutes(
            RouteLocatorBuilder routes,
            MoaClient client,
            HttpProxyProperties limits,
            TokenBook tokens,
            GatewayMetrics metrics) {
        Upstreams upstreams = new Upstreams(System::nanoTime);
        Lookups lookups = new Lookups(client.directory(), System::nanoTime);
        HttpServiceFilter outer = new HttpServiceFilter(lookups, upstreams, limits, tokens.isRequired(), metrics);
        HttpInstanceFilter inner = new HttpInstanceFilter(lookups, upstreams, metrics);
        return routes.routes()
                .route(
                        "http-services",
                        route -> route.path(ServicePath.PREFIX, ServicePath.PREFIX + "/**")
                                .filters(filters -> filters.filters(outer, inner))
                                .metadata(
                                        RouteMetadataUtils.RESPONSE_TIMEOUT_ATTR,
                                        limits.responseTimeout().toMillis())
                                // never asked for: the inner filter names the instance
                                .uri("http://service.invalid"))
                .build();
    }
}
