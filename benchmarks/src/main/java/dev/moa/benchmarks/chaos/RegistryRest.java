package dev.moa.benchmarks.chaos;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Registries and routers by REST. Safe for many threads. */
final class RegistryRest {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    /** Names in one request for digests: its line must stay below 8 KB. */
    private static final int NAMES = 100;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();

    /**
     * Asks, and returns the answer.
     *
     * @param body JSON; empty for none
     * @throws IOException if the status is 400 or above, or there is no answer
     */
    JsonNode ask(String method, String url, String body) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = http.send(
                HttpRequest.newBuilder(URI.create(url))
                        .header("Content-Type", "application/json")
                        .timeout(TIMEOUT)
                        .method(
                                method,
                                body.isEmpty()
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() >= 400) {
            throw new IOException("%s %s is answered with %d: %s"
                    .formatted(
                            method, url, response.statusCode(), new String(response.body(), StandardCharsets.UTF_8)));
        }
        return JsonMapper.shared().readTree(response.body());
    }

    /** Returns the digest of each service as a registry or a router has it, with epoch and revision. */
    Map<String, JsonNode> digests(String url, Collection<String> services) throws IOException, InterruptedException {
        Map<String, JsonNode> digests = new TreeMap<>();
        List<String> names = new ArrayList<>(services);
        for (int i = 0; i < names.size(); i += NAMES) {
            List<String> some = names.subList(i, Math.min(names.size(), i + NAMES));
            ask("GET", url + "/v1/digests?service=" + String.join("&service=", some), "")
                    .path("digests")
                    .forEach(each -> digests.put(each.path("service").asString(""), each));
        }
        return digests;
    }

    /** Returns how many removals the stream of a service still has. */
    int removals(String registry, String service) throws IOException, InterruptedException {
        int count = 0;
        JsonNode answer = ask("GET", registry + "/v1/changes?service=" + service, "");
        for (JsonNode each : answer.path("changes")) {
            count += each.path("type").asString("").equals("REMOVED") ? 1 : 0;
        }
        return count;
    }
}
