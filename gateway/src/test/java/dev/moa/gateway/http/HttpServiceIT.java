package dev.moa.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.gateway.Http;
import dev.moa.gateway.RunningGateway;
import dev.moa.gateway.StandInApp;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.server.MoaPort;
import dev.moa.sdk.lookup.InstanceAddress;
import dev.moa.sdk.lookup.InstanceStatus;
import dev.moa.testkit.redis.Certificates;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code /http} against real HTTP servers. */
class HttpServiceIT {

    private static final CountDownLatch never = new CountDownLatch(1);
    private static StandInApp php;
    private static RunningGateway gateway;
    private static MoaPort encrypted;

    @BeforeAll
    static void start(@TempDir Path directory) throws SSLException {
        Certificates certificates = Certificates.make(directory);
        encrypted = MoaPort.builder((request, call) ->
                        CompletableFuture.completedFuture(CallResponse.success(request.id(), request.args())))
                .port(0)
                .ssl(SslContextBuilder.forServer(
                                certificates.certificate().toFile(),
                                certificates.key().toFile())
                        .build())
                .build()
                .start();
        php = StandInApp.start()
                .on(
                        "/echo",
                        request -> request.answerHeader("Set-Cookie", "moa-session=stolen; Path=/")
                                        .answerHeader("Set-Cookie", "own=1")
                                        .answerHeader("Connection", "X-Hop")
                                        .answerHeader("X-Hop", "1")
                                        .method()
                                + " " + request.uri() + " " + request.body())
                .on(
                        "/headers",
                        request -> String.join(
                                "|",
                                "cookie=" + request.header("cookie"),
                                "authorization=" + request.header("authorization"),
                                "for=" + request.header("x-forwarded-for"),
                                "prefix=" + request.header("x-forwarded-prefix"),
                                "te=" + request.header("te")))
                .on("/slow", request -> {
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return "";
                })
                .on("/service/both", request -> "whole path " + request.uri());
        gateway = RunningGateway.start(
                "moa.gateway.http.response-timeout=2s",
                "moa.gateway.http.max-body=100KB",
                "spring.ssl.bundle.pem.moa.truststore.certificate=file:" + certificates.certificate(),
                "moa.client.ssl.bundle=moa",
                "moa.gateway.apps.registry=https://127.0.0.1:" + encrypted.port());
        put("/service/php-hello", http(php.port()));
    }

    @AfterAll
    static void stop() {
        never.countDown();
        gateway.close();
        encrypted.close();
        php.close();
    }

    @Test
    void theRestOfThePathAndTheQueryReachTheService() {
        HttpResponse<String> reply = Http.post(gateway.uri("/http/service/php-hello/echo/a%20b/c?x=1&y=%2F"), "body");

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.body()).isEqualTo("POST /echo/a%20b/c?x=1&y=%2F body");
    }

    @Test
    void theLongestRegisteredNameWins() {
        try (StandInApp deeper = StandInApp.start().on("/", request -> "deeper " + request.uri())) {
            put("/service/tree", http(php.port()));
            put("/service/tree/echo", http(deeper.port()));

            assertThat(Http.get(gateway.uri("/http/service/tree/echo/x")).body())
                    .isEqualTo("deeper /x");
        }
    }

    @Test
    void aMoaPortIsAskedForTheWholePath() {
        put("/service/both", InstanceAddress.of("127.0.0.1", php.port()));

        assertThat(Http.get(gateway.uri("/http/service/both/hello")).body())
                .isEqualTo("whole path /service/both/hello");
    }

    @Test
    void whoSpeaksTlsIsAskedByHttps() {
        put(
                "/service/encrypted",
                new InstanceAddress(
                        "encrypted",
                        1,
                        "127.0.0.1",
                        encrypted.port(),
                        InstanceAddress.MOA_PORT_OVER_TLS,
                        InstanceAddress.DEFAULT_WEIGHT,
                        null,
                        null,
                        Map.of(),
                        Map.of(),
                        InstanceStatus.UP,
                        false));

        assertThat(Http.post(gateway.uri("/http/service/encrypted/echo"), "[\"ada\"]")
                        .body())
                .contains("ada");
        // an app of the platform: a moa port has no health page, but it answers
        assertThat(Http.get(gateway.uri("/console/api/gateway/parts")).body()).contains("answers HTTP 40");
    }

    @Test
    void whatBelongsToTheGatewayStaysThere() {
        HttpResponse<String> reply = Http.get(
                gateway.uri("/http/service/php-hello/headers"),
                "cookie",
                "a=1; moa-session=secret; b=2",
                "authorization",
                "Basic theirs",
                "x-forwarded-for",
                "6.6.6.6",
                "te",
                "trailers");

        assertThat(reply.body())
                .isEqualTo("cookie=a=1; b=2|authorization=Basic"
                        + " theirs|for=127.0.0.1|prefix=/http/service/php-hello|te=null");
    }

    @Test
    void whatTheServiceAnswersCannotActAsTheConsole() {
        HttpResponse<String> reply = Http.get(gateway.uri("/http/service/php-hello/echo"));

        assertThat(reply.headers().allValues("set-cookie")).containsExactly("own=1");
        assertThat(reply.headers().firstValue("content-security-policy").orElseThrow())
                .startsWith("sandbox");
        assertThat(reply.headers().firstValue("x-hop")).isEmpty();
    }

    @Test
    void whoIsNotThereIsNamed() {
        put("/service/asleep", http(1).withStatus(InstanceStatus.DOWN));

        assertProblem(Http.get(gateway.uri("/http/service/nobody/x")), 404, "/service/nobody/x");
        assertProblem(Http.get(gateway.uri("/http/service/asleep/x")), 503, "/service/asleep");
        assertProblem(Http.get(gateway.uri("/http/Not-A-Name")), 404, "names no service");
    }

    @Test
    void anInstanceThatTakesNoConnectionIsPassedOver() throws IOException {
        put("/service/half", http(freePort()), http(php.port()));

        for (int i = 0; i < 20; i++) {
            HttpResponse<String> reply = Http.post(gateway.uri("/http/service/half/echo"), "body " + i);
            assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
            assertThat(reply.body()).endsWith("body " + i);
        }
    }

    @Test
    void whereNoneTakesConnectionsItSaysSo() throws IOException {
        put("/service/gone", http(freePort()), http(freePort()), http(freePort()));

        assertProblem(Http.get(gateway.uri("/http/service/gone/x")), 503, "takes connections");
    }

    @Test
    void aServiceThatDoesNotAnswerInTimeIsGivenUp() {
        assertProblem(Http.get(gateway.uri("/http/service/php-hello/slow")), 504, "response-timeout");
    }

    @Test
    void aBodyBeyondTheLimitIsRefusedWhetherItSaysSoOrNot() {
        byte[] large = new byte[102_401];

        assertProblem(
                Http.send("POST", gateway.uri("/http/service/php-hello/echo"), BodyPublishers.ofByteArray(large)),
                413,
                "102400");
        assertProblem(
                Http.send(
                        "POST",
                        gateway.uri("/http/service/php-hello/echo"),
                        BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large))),
                413,
                "102400");
    }

    private static void assertProblem(HttpResponse<String> reply, int status, String text) {
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(status);
        assertThat(reply.headers().firstValue("content-type")).hasValue("application/problem+json");
        assertThat(reply.body()).contains(text, "\"todo\":");
    }

    private static void put(String service, InstanceAddress... instances) {
        gateway.directory().put(ServiceName.of(service), List.of(instances));
    }

    private static InstanceAddress http(int port) {
        return new InstanceAddress(
                "http-" + port,
                1,
                "127.0.0.1",
                port,
                Set.of("http"),
                100,
                null,
                null,
                Map.of(),
                Map.of(),
                InstanceStatus.UP,
                false);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
