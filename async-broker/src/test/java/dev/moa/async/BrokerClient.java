package dev.moa.async;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a user of the broker does, over its REST face. */
final class BrokerClient {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpClient http = HttpClient.newHttpClient();
    private final String base;

    BrokerClient(int port) {
        base = "http://127.0.0.1:" + port;
    }

    /** An answer. */
    record Reply(int status, JsonNode body) {
        String text(String field) {
            return body.path(field).asString("");
        }
    }

    Reply post(String path, String body) {
        return send(HttpRequest.newBuilder(URI.create(base + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    Reply get(String path) {
        return send(HttpRequest.newBuilder(URI.create(base + path)));
    }

    Reply delete(String path) {
        return send(HttpRequest.newBuilder(URI.create(base + path)).DELETE());
    }

    /** Returns what is not JSON, as it is. */
    String text(String path) throws IOException, InterruptedException {
        return http.send(
                        HttpRequest.newBuilder(URI.create(base + path))
                                .timeout(Duration.ofSeconds(15))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** Submits and returns the task id. */
    String submit(String body) {
        Reply reply = post("/v1/tasks", body);
        if (reply.status() != 202) {
            throw new AssertionError("not accepted: " + reply);
        }
        return reply.text("taskId");
    }

    String submitUrl(String url, String task) {
        return submit("{\"url\":\"%s\",\"body\":{\"n\":1},\"task\":%s}".formatted(url, task));
    }

    String submitUrl(String url, String body, String task) {
        return submit("{\"url\":\"%s\",\"body\":\"%s\",\"task\":%s}".formatted(url, body, task));
    }

    Reply task(String id) {
        return get("/v1/tasks/" + id);
    }

    String state(String id) {
        return task(id).text("state");
    }

    Reply awaitState(String id, String state) {
        Awaitility.await("task " + id + " to be " + state)
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> state(id).equals(state));
        return task(id);
    }

    private Reply send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response =
                    http.send(request.timeout(Duration.ofSeconds(15)).build(), HttpResponse.BodyHandlers.ofString());
            return new Reply(
                    response.statusCode(), JSON.readTree(response.body().isEmpty() ? "{}" : response.body()));
        } catch (IOException e) {
            return new Reply(0, JSON.createObjectNode().put("failure", e.toString()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
