package dev.moa.gateway.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.moa.gateway.Http;
import dev.moa.gateway.RunningGateway;
import dev.moa.gateway.StandInApp;
import dev.moa.protocol.ServiceName;
import dev.moa.sdk.lookup.InstanceAddress;
import dev.moa.sdk.lookup.InstanceStatus;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who gets in, and as what. */
class EdgeSecurityIT {

    private static final String OPERATOR = "operator-secret-0123";
    private static final String SERVICE = "service-secret-01234";
    private static final String READER = "reader-secret-012345";
    private static final String OWN = "what-the-gateway-shows-itself";

    private static StandInApp app;
    private static RunningGateway gateway;

    @BeforeAll
    static void start() {
        app = StandInApp.start()
                .on(
                        "/v1",
                        request -> request.method() + "|" + request.header("authorization") + "|"
                                + request.header("moa-actor") + "|" + request.header("cookie"))
                .on("/plain", request -> "authorization=" + request.header("authorization"));
        gateway = RunningGateway.start(
                "moa.security.tokens.ops.secret=" + OPERATOR,
                "moa.security.tokens.ops.role=operator",
                "moa.security.tokens.feed.secret=" + SERVICE,
                "moa.security.tokens.feed.role=service",
                "moa.security.tokens.watcher.secret=" + READER,
                "moa.security.tokens.watcher.role=reader",
                "moa.security.token=" + OWN,
                "moa.gateway.security.login-failures=3",
                "moa.gateway.apps.registry=" + app.url(),
                "moa.gateway.apps.router=" + app.url(),
                "moa.gateway.apps.parallel-proxy=" + app.url(),
                "moa.gateway.apps.async-broker=" + app.url(),
                "moa.gateway.apps.monitor=" + app.url());
        gateway.directory()
                .put(
                        ServiceName.of("/service/php"),
                        List.of(new InstanceAddress(
                                "php",
                                1,
                                "127.0.0.1",
                                app.port(),
                                Set.of("http"),
                                100,
                                null,
                                null,
                                Map.of(),
                                Map.of(),
                                InstanceStatus.UP,
                                false)));
    }

    @AfterAll
    static void stop() {
        gateway.close();
        app.close();
    }

    @Test
    void everythingButThePageItsLoginAndHealthAsksForAToken() {
        for (String path : List.of(
                "/console/api/registry/v1/services",
                "/console/api/gateway/parts",
                "/console/session",
                "/http/service/php/plain",
                "/actuator/prometheus",
                "/actuator/info",
                "/v3/api-docs",
                "/%68ttp/service/php/plain",
                "/console;x=1/api/registry/v1/services")) {
            assertThat(Http.get(gateway.uri(path)).statusCode()).as(path).isEqualTo(401);
        }
        assertThat(Http.post(gateway.uri("/api/service/php/hello"), "[]").statusCode())
                .isEqualTo(401);
        for (String path : List.of("/", "/services", "/actuator/health", "/actuator/health/liveness")) {
            assertThat(Http.get(gateway.uri(path)).statusCode()).as(path).isEqualTo(200);
        }
    }

    @Test
    void theAppsSeeTheGatewaysTokenAndWhoAsked() {
        HttpResponse<String> reply = Http.get(
                gateway.uri("/console/api/registry/v1/services"),
                "authorization",
                "Bearer " + READER,
                "moa-actor",
                "somebody else",
                "cookie",
                "a=1");

        assertThat(reply.body()).isEqualTo("GET|Bearer " + OWN + "|watcher|null");
    }

    @Test
    void aServiceDoesNotSeeTheToken() {
        assertThat(Http.get(gateway.uri("/http/service/php/plain"), "authorization", "Bearer " + SERVICE)
                        .body())
                .isEqualTo("authorization=null");
        assertThat(Http.get(
                                gateway.uri("/http/service/php/plain"),
                                "moa-token",
                                SERVICE,
                                "authorization",
                                "Bearer of the service's own")
                        .body())
                .isEqualTo("authorization=Bearer of the service's own");
    }

    @Test
    void rolesDecideWhoWrites() {
        String batch = "/console/api/parallel-proxy/v1/batch";
        String sources = "/console/api/router/v1/sources/live";

        assertThat(write("POST", batch, READER)).isEqualTo(403);
        assertThat(write("POST", batch, SERVICE)).isEqualTo(200);
        assertThat(write("PUT", sources, SERVICE)).isEqualTo(403);
        assertThat(write("PUT", sources, OPERATOR)).isEqualTo(200);
        assertThat(write("POST", "/api/service/php/hello", READER)).isEqualTo(403);
        assertThat(write("DELETE", "/http/service/php/plain", READER)).isEqualTo(403);
        assertThat(write("DELETE", "/http/service/php/plain", SERVICE)).isEqualTo(200);
    }

    @Test
    void aSignInIsACookieThatDoesNotHoldTheToken() {
        HttpResponse<String> login = Http.post(gateway.uri("/console/login"), "{\"token\":\"" + OPERATOR + "\"}");

        String cookie = login.headers().firstValue("set-cookie").orElseThrow();
        assertThat(login.statusCode()).isEqualTo(204);
        assertThat(cookie)
                .containsIgnoringCase("HttpOnly")
                .contains("SameSite=Strict", "Path=/")
                .doesNotContain(OPERATOR);
        String session = cookie.substring(0, cookie.indexOf(';'));
        assertThat(Http.get(gateway.uri("/console/session"), "cookie", session).body())
                .isEqualTo("{\"tokens\":true,\"name\":\"ops\",\"role\":\"operator\"}");
        assertThat(Http.get(gateway.uri("/console/session"), "cookie", session + "x")
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void aForeignPageCannotUseTheCookie() {
        String cookie = Http.post(gateway.uri("/console/login"), "{\"token\":\"" + OPERATOR + "\"}")
                .headers()
                .firstValue("set-cookie")
                .orElseThrow();

        HttpResponse<String> reply = Http.post(
                gateway.uri("/console/api/async-broker/v1/tasks"),
                "{}",
                "cookie",
                cookie.substring(0, cookie.indexOf(';')),
                "origin",
                "https://evil.example");

        assertThat(reply.statusCode()).isEqualTo(403);
        assertThat(Http.get(gateway.uri("/console/session"), "sec-fetch-site", "cross-site")
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void guessingIsSlow() {
        // from an address of its own, so that the other tests are not locked out
        for (int i = 0; i < 3; i++) {
            assertThat(login("127.0.0.2", "wrong-" + i)).startsWith("HTTP/1.1 401");
        }

        assertThat(login("127.0.0.2", OPERATOR)).startsWith("HTTP/1.1 429");
        assertThat(login("127.0.0.3", OPERATOR)).startsWith("HTTP/1.1 204");
    }

    @Test
    void nothingOfActuatorButThreePagesIsThere() {
        for (String path : List.of("env", "beans", "gateway", "gateway/routes", "heapdump", "loggers", "shutdown")) {
            assertThat(Http.get(gateway.uri("/actuator/" + path), "authorization", "Bearer " + OPERATOR)
                            .statusCode())
                    .as(path)
                    .isEqualTo(404);
        }
        assertThat(Http.get(gateway.uri("/actuator/prometheus"), "authorization", "Bearer " + READER)
                        .body())
                .contains("moa_gateway_calls_seconds_count");
    }

    @Test
    void anyAddressButLoopbackNeedsTokens() {
        assertThatThrownBy(() -> RunningGateway.start("server.address=0.0.0.0"))
                .hasStackTraceContaining("server.address: 0.0.0.0")
                .hasStackTraceContaining("moa.security.tokens");
    }

    @Test
    void withoutTokensANameThatAForeignPageMayOwnIsRefused() {
        try (RunningGateway open = RunningGateway.start()) {
            assertThat(raw(
                            open.port(),
                            "127.0.0.1",
                            "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 403")
                    .contains("allowed-hosts");
            assertThat(raw(open.port(), "127.0.0.1", "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 200");
            assertThat(Http.get(open.uri("/console/session")).body()).isEqualTo("{\"tokens\":false}");
        }
    }

    private static int write(String method, String path, String token) {
        return Http.send(
                        method,
                        gateway.uri(path),
                        BodyPublishers.ofString("[]"),
                        "content-type",
                        "application/json",
                        "authorization",
                        "Bearer " + token)
                .statusCode();
    }

    private static String login(String from, String token) {
        String body = "{\"token\":\"" + token + "\"}";
        return raw(
                gateway.port(),
                from,
                "POST /console/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "
                        + body.length() + "\r\n\r\n" + body);
    }

    /** Sends from an address of this machine; the client of the JDK lets neither address nor host be chosen. */
    private static String raw(int port, String from, String request) {
        try (Socket socket = new Socket("127.0.0.1", port, java.net.InetAddress.getByName(from), 0)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
