package dev.moa.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.sdk.codec.Json;
import dev.moa.sdk.lookup.StaticDirectory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a port says of its services. */
class DescribeIT {

    private static final ServiceName GREETER = ServiceName.of("/service/greeter");

    private final StaticDirectory directory = new StaticDirectory();
    private final MoaClient client = MoaClient.builder().directory(directory).build();
    private final MoaServer server = MoaServer.builder()
            .publish(GREETER, Greeter.class, new PoliteGreeter("g"))
            .build();

    @BeforeEach
    void start() {
        directory.put(GREETER, "127.0.0.1", server.start().port());
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void portDescribesItsServices() {
        JsonNode description = ask("$describe");

        assertThat(description.path("service").asString()).isEqualTo("/service/greeter");
        assertThat(description
                        .path("methods")
                        .valueStream()
                        .map(each -> each.path("signature").asString()))
                .contains("find(id: long, zone: String?): Person", "later(name: String): String", "broken(): void");
    }

    @Test
    void pathOfTheOpenApiDocumentIsWhereAPostCalls() throws Exception {
        JsonNode operation = ask("$openapi").path("paths").path("/service/greeter/hello");

        String reply = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(
                                        URI.create("http://127.0.0.1:" + server.port() + "/service/greeter/hello"))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString("{\"name\":\"ada\"}"))
                                .build(),
                        BodyHandlers.ofString())
                .body();

        assertThat(operation.path("post").path("operationId").asString()).isEqualTo("hello");
        assertThat(reply).isEqualTo("{\"code\":0,\"result\":\"hello ada\"}");
    }

    @Test
    void anyOtherBuiltInMethodIsUnknown() {
        CallResponse response = client.call(CallRequest.of(GREETER, "$nosuch", Payload.NO_ARGUMENTS))
                .join();

        assertThat(response.code()).isEqualTo(StatusCode.UNIMPLEMENTED);
    }

    private JsonNode ask(String method) {
        CallResponse response = client.call(CallRequest.of(GREETER, method, Payload.NO_ARGUMENTS))
                .join();
        return Json.MAPPER.readTree(response.resultOrThrow().text());
    }
}
