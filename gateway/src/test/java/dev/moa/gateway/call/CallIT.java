package dev.moa.gateway.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.gateway.Http;
import dev.moa.gateway.RunningGateway;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.IncomingCall;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.sdk.MoaServer;
import dev.moa.sdk.lookup.InstanceAddress;
import dev.moa.sdk.lookup.InstanceStatus;
import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code /api} against a real moa port. */
class CallIT {

    private static final ServiceName SERVICE = ServiceName.of("/service/helloworld");
    private static final ServiceName GREETER = ServiceName.of("/service/greeter");
    private static final String BODY = "[\"world\"]";
    private static final AtomicInteger cancelled = new AtomicInteger();
    private static final AtomicInteger hanging = new AtomicInteger();

    private static MoaServer server;
    private static RunningGateway gateway;

    interface Greeter {
        String greet(String name);
    }

    @BeforeAll
    static void start() {
        server = MoaServer.builder()
                .app("helloworld")
                .registries(List.of())
                .publish(SERVICE, CallIT::serve)
                .publish(GREETER, Greeter.class, name -> "hello " + name)
                .build()
                .start();
        gateway = RunningGateway.start("moa.gateway.calls.max-in-flight=8", "moa.gateway.calls.body-timeout=500ms");
        gateway.directory().put(SERVICE, "127.0.0.1", server.port());
        gateway.directory().put(GREETER, "127.0.0.1", server.port());
    }

    @AfterAll
    static void stop() {
        gateway.close();
        server.close();
    }

    private static CompletionStage<CallResponse> serve(CallRequest request, IncomingCall call) {
        return switch (request.method()) {
            case "hello" -> done(CallResponse.success(request.id(), request.args()));
            case "trace" ->
                done(CallResponse.success(
                        request.id(),
                        Payload.json('"' + String.valueOf(request.ctx().traceparent()) + '"')));
            case "hang" -> {
                hanging.incrementAndGet();
                call.onCancel(cancelled::incrementAndGet);
                yield new CompletableFuture<>();
            }
            default -> done(CallResponse.failure(request.id(), StatusCode.UNIMPLEMENTED, "no such method"));
        };
    }

    @Test
    void aCallReachesTheInstanceAndItsReplyComesBackAsItIs() {
        HttpResponse<String> reply =
                Http.post(gateway.uri("/api/service/helloworld/hello"), BODY, "moa-request-id", "u1");

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.body()).isEqualTo("{\"id\":\"u1\",\"code\":0,\"result\":[\"world\"]}");
        assertThat(reply.headers().firstValue("content-type")).hasValue("application/json");
    }

    @Test
    void theOpenApiDocumentOfAServiceNamesTheGatewaysPaths() {
        JsonNode document = JsonMapper.shared()
                .readTree(Http.get(gateway.uri("/api/service/greeter/openapi.json"))
                        .body());
        String path = document.path("paths").propertyNames().iterator().next();
        String server = document.path("servers").path(0).path("url").asString();

        assertThat(document.path("openapi").asString()).isEqualTo("3.1.0");
        assertThat(Http.post(gateway.uri(server + path), "{\"name\":\"ada\"}").body())
                .isEqualTo("{\"code\":0,\"result\":\"hello ada\"}");
    }

    @Test
    void noOpenApiDocumentIsAFailureLikeAnyOther() {
        assertThat(Http.get(gateway.uri("/api/service/helloworld/openapi.json")))
                .satisfies(reply -> assertFailure(reply, 501, "UNIMPLEMENTED"));
        assertThat(Http.get(gateway.uri("/api/openapi.json")))
                .satisfies(reply -> assertFailure(reply, 400, "INVALID_ARGUMENT"));
        assertThat(Http.get(gateway.uri("/api/service/greeter/greet")))
                .satisfies(reply -> assertFailure(reply, 405, "POST"));
    }

    @Test
    void noBodyMeansNoArguments() {
        assertThat(Http.post(gateway.uri("/api/service/helloworld/hello"), "").body())
                .isEqualTo("{\"code\":0,\"result\":[]}");
    }

    @Test
    void theTraceOfTheCallerGoesOn() {
        String traceId = "4bf92f3577b34da6a3ce929d0e0e4736";

        HttpResponse<String> reply = Http.post(
                gateway.uri("/api/service/helloworld/trace"),
                "[]",
                "traceparent",
                "00-" + traceId + "-00f067aa0ba902b7-01");

        assertThat(reply.body()).contains(traceId);
        assertThat(reply.headers().firstValue("traceparent").orElseThrow()).contains(traceId);
    }

    @Test
    void theStatusFollowsTheCode() {
        gateway.directory()
                .put(
                        ServiceName.of("/service/down"),
                        List.of(InstanceAddress.of("127.0.0.1", 1).withStatus(InstanceStatus.DOWN)));

        assertThat(Http.post(gateway.uri("/api/service/nobody/hello"), BODY))
                .satisfies(reply -> assertFailure(reply, 404, "NOT_FOUND"));
        assertThat(Http.post(gateway.uri("/api/service/down/hello"), BODY))
                .satisfies(reply -> assertFailure(reply, 503, "UNAVAILABLE"));
        assertThat(Http.post(gateway.uri("/api/service/helloworld/nothing"), BODY))
                .satisfies(reply -> assertFailure(reply, 501, "UNIMPLEMENTED"));
    }

    @Test
    void badInputIsAnsweredWithWhatWasExpected() {
        assertThat(Http.post(gateway.uri("/api/service/helloworld/hello"), "[\"wor"))
                .satisfies(reply -> assertFailure(reply, 400, "INVALID_ARGUMENT"));
        assertThat(Http.post(gateway.uri("/api/service/helloworld/hello"), "\"world\""))
                .satisfies(reply -> assertFailure(reply, 400, "expected"));
        assertThat(Http.post(gateway.uri("/api/Service/hello"), BODY))
                .satisfies(reply -> assertFailure(reply, 400, "expected"));
        assertThat(Http.post(gateway.uri("/api/service/helloworld/hello"), BODY, "moa-timeout-ms", "soon"))
                .satisfies(reply -> assertFailure(reply, 400, "1 to 60000"));
        assertThat(Http.send(
                        "POST",
                        gateway.uri("/api/service/helloworld/hello"),
                        BodyPublishers.ofString(BODY),
                        "content-type",
                        "text/plain"))
                .satisfies(reply -> assertFailure(reply, 415, "application/json"));
        assertThat(Http.get(gateway.uri("/api/service/helloworld/hello")))
                .satisfies(reply -> assertFailure(reply, 405, "POST"));
    }

    @Test
    void aForeignPageIsRefused() {
        HttpResponse<String> reply =
                Http.post(gateway.uri("/api/service/helloworld/hello"), BODY, "origin", "https://evil.example");

        assertThat(reply.statusCode()).isEqualTo(403);
        assertThat(reply.body()).contains("https://evil.example", "allowed-origins");
    }

    @Test
    void ourOwnPageIsNot() {
        String origin = "http://127.0.0.1:" + gateway.port();

        assertThat(Http.post(gateway.uri("/api/service/helloworld/hello"), BODY, "origin", origin)
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void aBodyBeyondTheLimitIsRefusedWhetherItSaysSoOrNot() {
        byte[] large = new byte[1_048_577];

        assertThat(Http.send(
                        "POST",
                        gateway.uri("/api/service/helloworld/hello"),
                        BodyPublishers.ofByteArray(large),
                        "content-type",
                        "application/json"))
                .satisfies(reply -> assertFailure(reply, 413, "1048576"));
        assertThat(Http.send(
                        "POST",
                        gateway.uri("/api/service/helloworld/hello"),
                        BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)),
                        "content-type",
                        "application/json"))
                .satisfies(reply -> assertFailure(reply, 413, "1048576"));
        assertThat(Http.post(gateway.uri("/api/service/helloworld/hello"), BODY).statusCode())
                .isEqualTo(200);
    }

    @Test
    void aCallEndsAtItsDeadline() {
        HttpResponse<String> reply =
                Http.post(gateway.uri("/api/service/helloworld/hang"), "[]", "moa-timeout-ms", "150");

        assertFailure(reply, 504, "DEADLINE_EXCEEDED");
    }

    @Test
    void aClientThatHangsUpCancelsTheCallAndMoreThanTheLimitIsRefused() {
        int before = cancelled.get();
        int waiting = hanging.get();
        HttpClient client = HttpClient.newHttpClient();
        List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            HttpRequest request = HttpRequest.newBuilder(gateway.uri("/api/service/helloworld/hang"))
                    .header("content-type", "application/json")
                    .header("moa-timeout-ms", "30000")
                    .version(HttpClient.Version.HTTP_1_1)
                    .POST(BodyPublishers.ofString("[]"))
                    .build();
            calls.add(client.sendAsync(request, BodyHandlers.ofString()));
        }
        await().atMost(Duration.ofSeconds(10)).until(() -> hanging.get() == waiting + 8);

        HttpResponse<String> oneMore = Http.post(gateway.uri("/api/service/helloworld/hello"), BODY);
        calls.forEach(call -> call.cancel(true));

        assertFailure(oneMore, 429, "max-in-flight");
        await().atMost(Duration.ofSeconds(10)).until(() -> cancelled.get() == before + 8);
        await().atMost(Duration.ofSeconds(5))
                .until(() -> Http.post(gateway.uri("/api/service/helloworld/hello"), BODY)
                                .statusCode()
                        == 200);
    }

    private static void assertFailure(HttpResponse<String> reply, int status, String text) {
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(status);
        assertThat(reply.body()).startsWith("{\"code\":").contains(text);
        assertThat(reply.headers().firstValue("content-type")).hasValue("application/json");
    }

    private static CompletionStage<CallResponse> done(CallResponse response) {
        return CompletableFuture.completedFuture(response);
    }
}
