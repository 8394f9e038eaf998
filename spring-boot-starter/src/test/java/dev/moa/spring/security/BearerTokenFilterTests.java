package dev.moa.spring.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "server.address=127.0.0.1",
            "moa.registry.urls=",
            "moa.statistics.enabled=false",
            "moa.security.protect-http=true",
            "moa.security.operator-paths=/v1/sources/**",
            "moa.security.read-paths=/v1/watch",
            "moa.security.tokens.ops.secret=operator-b8f1c04a",
            "moa.security.tokens.ops.role=operator",
            "moa.security.tokens.feed.secret=service-b8f1c04a0",
            "moa.security.tokens.view.secret=reader-b8f1c04a01",
            "moa.security.tokens.view.role=reader"
        })
class BearerTokenFilterTests {

    private final HttpClient http = HttpClient.newHttpClient();

    @Value("${local.server.port}")
    private int port;

    @Test
    void strangerIsRefusedAndToldWhatToSend() throws Exception {
        HttpResponse<String> answer = send("GET", "/v1/services", null);

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(answer.body()).contains("Authorization: Bearer");
        assertThat(send("GET", "/v1/services", "wrong-b8f1c04a012").statusCode())
                .isEqualTo(401);
    }

    @Test
    void healthIsOpen() throws Exception {
        assertThat(send("GET", "/actuator/health", null).statusCode()).isNotEqualTo(401);
    }

    @Test
    void readerReadsAndDoesNotWrite() throws Exception {
        assertThat(send("GET", "/v1/services", "reader-b8f1c04a01").statusCode())
                .isEqualTo(200);
        assertThat(send("POST", "/v1/services", "reader-b8f1c04a01").statusCode())
                .isEqualTo(403);
    }

    @Test
    void questionTooLongForAnAddressIsStillARead() throws Exception {
        assertThat(send("POST", "/v1/watch", "reader-b8f1c04a01").body()).isEqualTo("view");
        assertThat(send("PUT", "/v1/watch", "reader-b8f1c04a01").statusCode()).isEqualTo(403);
        assertThat(send("POST", "/v1/watch/more", "reader-b8f1c04a01").statusCode())
                .isEqualTo(403);
        assertThat(send("POST", "/v1/watch", null).statusCode()).isEqualTo(401);
    }

    @Test
    void serviceWritesButNotToTheOperatorsPaths() throws Exception {
        assertThat(send("POST", "/v1/services", "service-b8f1c04a0").body()).isEqualTo("feed");
        assertThat(send("POST", "/v1/sources/dns", "service-b8f1c04a0").statusCode())
                .isEqualTo(403);
        assertThat(send("POST", "/v1/sources/dns", "operator-b8f1c04a").body()).isEqualTo("ops");
    }

    private HttpResponse<String> send(String method, String path, @Nullable String token) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {

        @Bean
        RouterFunction<ServerResponse> who() {
            return RouterFunctions.route()
                    .path(
                            "/v1",
                            v1 -> v1.GET("/**", request -> ServerResponse.ok().body("ok"))
                                    .POST(
                                            "/**",
                                            request -> ServerResponse.ok()
                                                    .body(String.valueOf(RequestCaller.of(request.servletRequest()))
                                                            .split("name=")[1]
                                                            .split(",")[0])))
                    .build();
        }
    }
}
