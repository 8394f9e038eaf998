package dev.moa.gateway.console;

import dev.moa.gateway.problem.Problem;
import dev.moa.spring.security.TokenBook;
import dev.moa.spring.ssl.MoaSsl;
import java.time.Clock;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.cloud.gateway.support.RouteMetadataUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RequestPredicate;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/** Where {@code /} and {@code /console} lead. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({PlatformApps.class, ConsoleProperties.class})
class ConsoleConfiguration {

    @Bean
    RouterFunction<ServerResponse> consoleRoutes(PlatformApps apps, TokenBook tokens, MoaSsl ssl, Clock clock) {
        ConsoleFiles files = ConsoleFiles.read();
        if (!files.isBuilt()) {
            LoggerFactory.getLogger(ConsoleConfiguration.class)
                    .warn("The console was not built; the page at / says how to get it");
        }
        Parts parts = new Parts(apps, tokens.own(), ssl.client(), clock);
        RequestPredicate unknownApp = RequestPredicates.path("/console/api/{app}/**")
                .and(request -> !apps.byName().containsKey(request.pathVariable("app")));
        return RouterFunctions.route()
                .GET("/console/api/gateway/parts", parts::parts)
                .route(unknownApp, request -> {
                    Problem problem = new Problem(
                            HttpStatus.NOT_FOUND,
                            "no such app",
                            request.pathVariable("app"),
                            null,
                            "ask one of " + apps.byName().keySet());
                    return ServerResponse.status(problem.status())
                            .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                            .bodyValue(problem.json());
                })
                .GET(
                        "/v3/api-docs",
                        request -> ServerResponse.ok()
                                .contentType(MediaType.APPLICATION_JSON)
                                .bodyValue(new ClassPathResource("openapi.json")))
                .GET("/assets/**", files::file)
                .GET("/icon.svg", files::file)
                .GET("/", files::page)
                .GET("/services", files::page)
                .GET("/methods", files::page)
                .GET("/routing", files::page)
                .GET("/audit", files::page)
                .GET("/try", files::page)
                .build();
    }

    /** Spring Cloud Gateway's routes to the platform's apps. */
    @Bean
    RouteLocator appRoutes(
            RouteLocatorBuilder builder, PlatformApps apps, TokenBook tokens, ConsoleProperties settings) {
        RouteLocatorBuilder.Builder routes = builder.routes();
        apps.byName().forEach((app, base) -> {
            AppFilter filter = new AppFilter(app, base, tokens.own());
            routes.route(
                    "console-" + app,
                    route -> route.path("/console/api/" + app + "/**")
                            .filters(filters -> filters.stripPrefix(3).filter(filter))
                            .metadata(
                                    RouteMetadataUtils.RESPONSE_TIMEOUT_ATTR,
                                    settings.responseTimeout().toMillis())
                            .uri(base));
        });
        return routes.build();
    }
}
