package dev.moa.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.testkit.redis.RedisProcess;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What the router says to requests that are wrong: the value, the limit, and what to do. */
class BadInputIT {
    @TempDir
    static Path directory;

    private static RedisProcess redis;
    private static RunningRouter router;

    @BeforeAll
    static void start() throws Exception {
        redis = new RedisProcess(directory).start();
        router = RunningRouter.start(redis.url(), directory.resolve("snapshots"));
    }

    @AfterAll
    static void stop() throws Exception {
        router.close();
        redis.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '~',
            value = {
                "GET; /v1/lookup; ~~; 400; service: absent",
                "GET; /v1/lookup?service=/service/a&all=maybe; ~~; 400; all: maybe (expected: true or false)",
                "GET; /v1/lookup?service=/service/a&waitMs=x; ~~; 400; waitMs: x (expected: a whole number)",
                "GET; /v1/preview; ~~; 400; order: absent",
                "GET; /v1/nope; ~~; 404; path: /v1/nope",
                "POST; /v1/order; {}; 405; method: POST (expected: [",
                "PUT; /v1/order; ~~; 400; body: absent",
                "PUT; /v1/order; []; 400; body: not readable",
                "PUT; /v1/order; {\"order\":; 400; body: not readable at line 1",
                "PUT; /v1/order; {\"order\":\"live\"}; 400; body: order is of another kind",
                "PUT; /v1/shadow; {\"overrides\":[7]}; 400; body: overrides[0] is of another kind",
                "PUT; /v1/shadow; {\"overrides\":[{}]}; 400; overrides.service: absent",
                "PUT; /v1/shadow; {\"overrides\":[{\"service\":\"/service/a\",\"scope\":{\"zoen\":\"w\"},"
                        + "\"set\":{\"weight\":1}}]}; 400; overrides.scope: zoen",
                "PUT; /v1/shadow; {\"overrides\":[{\"service\":\"/service/a\",\"scope\":{},"
                        + "\"set\":{\"weight\":-5}}]}; 400; overrides.set.weight: -5 (expected: 0 to 1000)",
            })
    void aMistakeIsAnsweredWithValueLimitAndWhatToDo(
            String method, String path, String body, int status, String detail) {
        RunningRouter.Reply reply = router.send(method, path, body);

        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.json().path("detail").asString()).startsWith(detail).doesNotContain("dev.moa", "java.");
        assertThat(reply.json().path("value").asString()).isNotBlank();
        assertThat(reply.json().path("limit").asString()).isNotBlank();
        assertThat(reply.json().path("todo").asString()).isNotBlank();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "\"host\":\"a b\"; instance.host",
                "\"host\":\"http://h\"; instance.host",
                "\"host\":\"h:80\"; instance.host",
                "\"port\":\"7000\"; instance.port",
                "\"weight\":-1; instance.weight",
                "\"weight\":\"50\"; instance.weight",
                "\"zone\":7; instance.zone",
                "\"status\":\"SICK\"; instance.status",
                "\"protocols\":\"http\"; instance.protocols",
                "\"tags\":[]; instance.tags",
                "\"tags\":{\"lane\":1}; instance.tags",
            })
    void whatWouldBePassedOverCannotBePinned(String field, String name) {
        String instance = "\"host\":\"10.0.0.9\",\"port\":7000," + field;

        RunningRouter.Reply reply = router.send(
                "PUT", "/v1/pinned?service=/service/a", "{\"instances\":[{%s}],\"reason\":\"r\"}".formatted(instance));

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().path("detail").asString()).startsWith(name + ": ");
        assertThat(router.get("/v1/pinned?service=/service/a").json().path("pinned"))
                .isEmpty();
    }

    @Test
    void anAnswerCanBePinnedAsItWasAnswered() {
        String instance = "{\"host\":\"%s\",\"port\":7000,\"weight\":50,\"zone\":\"west\",\"tags\":{\"lane\":\"blue\"},"
                + "\"status\":\"DRAINING\",\"protocols\":[\"http\"],\"metadata\":{},\"id\":\"%s\"}";
        String instances = "[" + instance.formatted("::1", "a") + "," + instance.formatted("h-1.example", "b") + ","
                + instance.formatted("fe80::1%eth0", "c") + "]";

        assertThat(router.send("PUT", "/v1/pinned?service=/service/b", "{\"instances\":" + instances + "}")
                        .status())
                .isEqualTo(200);

        JsonNode answer = router.get("/v1/lookup?all=true&service=/service/b").json();
        RunningRouter.Reply again =
                router.send("PUT", "/v1/pinned?service=/service/b", "{\"instances\":" + answer.path("instances") + "}");
        assertThat(answer.path("instances").size()).isEqualTo(3);
        assertThat(again.status()).isEqualTo(200);
    }

    @Test
    void aQueryAsItIsTypedIsReadOrRefusedInWords() throws IOException {
        assertThat(raw("/v1/explain?service=/service/a&lane=blue|base")).startsWith("HTTP/1.1 200");
        assertThat(raw("/v1/lookup?service=%ZZ"))
                .startsWith("HTTP/1.1 400")
                .contains("application/problem+json", "query: not decodable", "todo");
    }

    // without the eyes of java.net.URI
    private static String raw(String path) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", router.port())) {
            String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
