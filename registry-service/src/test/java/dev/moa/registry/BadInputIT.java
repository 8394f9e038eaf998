package dev.moa.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.registry.RegistryApp.Answer;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the registry says to requests that are wrong: the value, the limit, and what to do. */
class BadInputIT extends OneRegistry {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"service\":\"Bad Name\",\"host\":\"h\",\"port\":1} | Bad Name | 128",
                "{\"service\":\"/service/a\",\"host\":\"h\",\"port\":0} | 0 | 65535",
                "{\"service\":\"/service/a\",\"host\":\"h\",\"port\":70000} | 70000 | 65535",
                "{\"service\":\"/service/a\",\"host\":\"h\",\"port\":\"80\"} | 80 | 65535",
                "{\"service\":\"/service/a\",\"host\":\"h\"} | absent | 65535",
                "{\"service\":\"/service/a\",\"host\":\"h\",\"port\":1,\"weight\":1001} | 1001 | 1000",
                "{\"service\":\"/service/a\",\"host\":\"h\",\"port\":1,\"weight\":-1} | -1 | 1000",
                "{\"service\":\"/service/a\",\"host\":\"h\",\"port\":1,\"ttlSeconds\":4000} | 4000 | 3600",
                "{\"service\":\"/service/a\",\"host\":\"h\",\"port\":1,\"ttlSeconds\":null} | null | probe",
                "{\"service\":\"/service/a\",\"host\":\"h\",\"port\":1,\"probe\":{\"kind\":\"http\"}} | null | path",
                "{\"service\":\"/service/a\",\"host\":\"h\",\"port\":1,\"probe\":{\"kind\":\"icmp\"}} | icmp | tcp",
                "{\"service\":\"/service/a\",\"host\":\"h\",\"port\":1,\"probe\":{\"kind\":\"http\",\"path\":\"/{id}\"}} | /{id} | path",
                "{\"service\":\"/service/a\",\"host\":\"h\",\"port\":1,\"probe\":{\"kind\":\"http\",\"path\":\"/100%\"}} | /100% | path",
                "{\"service\":\"/service/a\",\"host\":\"1:2\",\"port\":1} | 1:2 | 253",
                "{\"service\":\"/service/a\",\"host\":\"0.0.0.0\",\"port\":1} | 0.0.0.0 | 253",
                "{\"service\":\"/service/a\",\"host\":\"http://h\",\"port\":1} | http://h | 253",
                "{\"service\":\"/service/a\",\"host\":\"h\",\"port\":1,\"wieght\":1} | wieght | weight",
                "{\"service\":\"/service/a\",\"host\":\"h\",\"port\":1,\"tags\":{\"a\":1}} | 1 | 32",
                "{\"service\":\"/service/a\",\"host\":\"h\",\"port\":1,\"protocols\":[]} | 0 | 8",
                "{\"service\":\"/service/a\",\"host\":\"h\",\"port\":1,\"id\":\"x\"} | x | L3NlcnZpY2UvYQ.",
                "{\"service\":\"/service/a\",\"host\":\"h\",\"port\":1,\"status\":\"up\"} | up | DRAINING",
                "{\"service\": | not readable | JSON",
                "[1] | list | object",
                "{\"x\":[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]} | not readable | 20"
            })
    void badRegistrationIsAnsweredWithValueLimitAndWhatToDo(String body, String value, String limit) {
        Answer answer = app.post("/v1/instances", body);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.response().headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.json().get("value").stringValue()).contains(value);
        assertThat(answer.json().get("limit").stringValue()).contains(limit);
        assertThat(answer.json().get("todo").stringValue()).isNotBlank();
    }

    @Test
    void tooLargeBodyIsRefusedWhileItIsRead() {
        String value = "x".repeat(60_000);
        String body = "{\"metadata\":{\"a\":\"%s\",\"b\":\"%s\",\"c\":\"%s\",\"d\":\"%s\",\"e\":\"%s\"}}"
                .formatted(value, value, value, value, value);

        Answer chunked = app.send(HttpRequest.newBuilder(app.uri("/v1/instances"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofInputStream(
                        () -> new java.io.ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)))));

        assertThat(chunked.status()).isEqualTo(413);
        assertThat(chunked.json().get("limit").stringValue()).contains("262144");
    }

    @Test
    void otherMistakesAreProblemsToo() {
        Answer noService = app.get("/v1/instances");
        Answer noIncarnation = app.delete("/v1/instances/L3NlcnZpY2UvYQ.x");
        Answer badId = app.delete("/v1/instances/x?incarnation=1");
        Answer badLeases = app.put("/v1/leases", "{\"leases\":[{\"id\":\"L3NlcnZpY2UvYQ.x\"}]}");
        Answer badLimit = app.get("/v1/services?limit=100000");
        Answer badToken = app.get("/v1/watch?service=/service/a&since=zzz");
        Answer badIncarnation = app.post("/v1/instances/L3NlcnZpY2UvYQ.x/drain?incarnation=x", "");
        Answer nullService = app.post("/v1/watch", "{\"services\":[null]}");
        Answer text = app.send(HttpRequest.newBuilder(app.uri("/v1/instances"))
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("x")));

        for (Answer answer : new Answer[] {
            noService, noIncarnation, badId, badLeases, badLimit, badToken, badIncarnation, nullService
        }) {
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.json().has("value")).isTrue();
            assertThat(answer.json().has("limit")).isTrue();
            assertThat(answer.json().has("todo")).isTrue();
        }
        assertThat(badIncarnation.json().get("limit").stringValue()).isEqualTo("a whole number");
        assertThat(text.status()).isEqualTo(415);
        assertThat(app.get("/actuator/health").status()).isEqualTo(200);
    }

    @Test
    void aQueryAsItIsTypedIsReadOrRefusedInWords() throws IOException {
        assertThat(raw("/v1/instances?service=/service/a&lane=blue|base")).startsWith("HTTP/1.1 200");
        assertThat(raw("/v1/instances?service=%ZZ"))
                .startsWith("HTTP/1.1 400")
                .contains("application/problem+json", "query: 'not decodable'", "todo");
    }

    // without the eyes of java.net.URI
    private static String raw(String path) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", app.uri("").getPort())) {
            String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
