package dev.moa.sdk.registry;

import dev.moa.sdk.codec.Json;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Requests to the registries, to the one that answered last, the others in turn. Blocks; used by one thread. */
final class RegistryHttp {

    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    /** What a registry said, or that none could be asked. */
    record Answer(int status, JsonNode body, String text) {

        boolean isOk() {
            return status / 100 == 2;
        }
    }

    private final List<URI> urls;
    private final @Nullable String token;
    private final HttpClient http;
    private int current;

    RegistryHttp(List<String> urls, @Nullable String token, @Nullable SslContext ssl) {
        List<URI> parsed = new ArrayList<>();
        for (String url : urls) {
            URI uri = URI.create(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
            if (uri.getHost() == null
                    || uri.getScheme() == null
                    || !uri.getScheme().startsWith("http")) {
                throw new IllegalArgumentException(
                        "registry: '%s' (expected: a URL like http://127.0.0.1:8081)".formatted(url));
            }
            parsed.add(uri);
        }
        // processes spread over the registries
        Collections.shuffle(parsed);
        this.urls = List.copyOf(parsed);
        this.token = token;
        HttpClient.Builder client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(TIMEOUT)
                .executor(Executors.newSingleThreadExecutor(work -> {
                    Thread thread = new Thread(work, "sdk-registry-http-1");
                    thread.setDaemon(true);
                    return thread;
                }));
        if (ssl instanceof JdkSslContext trust) {
            client.sslContext(trust.context());
        }
        this.http = client.build();
    }

    /** @throws IllegalArgumentException if the registries cannot be asked so */
    static void check(List<String> urls, @Nullable SslContext ssl, boolean sslRequired) {
        if (ssl != null && !(ssl instanceof JdkSslContext)) {
            throw new IllegalArgumentException("ssl: %s (expected: one of the JDK's provider, SslProvider.JDK)"
                    .formatted(ssl.getClass().getSimpleName()));
        }
        for (String url : urls) {
            if (sslRequired && !url.startsWith("https://")) {
                throw new IllegalArgumentException(
                        "registry: '%s' (expected: https://, as TLS is required)".formatted(url));
            }
        }
    }

    /** Returns the host of the registry that answered last. */
    String host() {
        return urls.get(current).getHost();
    }

    /**
     * Sends a request; a registry that cannot be reached or answers 5xx is passed over.
     *
     * @throws IOException if no registry answered
     */
    Answer send(String method, String path, @Nullable JsonNode body) throws IOException, InterruptedException {
        IOException last = new IOException("no registry is configured");
        for (int i = 0; i < urls.size(); i++) {
            try {
                Answer answer = sendTo(urls.get(current), method, path, body);
                if (answer.status < 500) {
                    return answer;
                }
                last = new IOException("%s answered %d: %s".formatted(urls.get(current), answer.status, answer.text));
            } catch (IOException e) {
                String why = e.getMessage();
                last = new IOException(
                        "%s: %s"
                                .formatted(
                                        urls.get(current),
                                        why == null ? e.getClass().getSimpleName() : why),
                        e);
            }
            current = (current + 1) % urls.size();
        }
        throw last;
    }

    /** Returns whether everybody knows that an instance drains, as far as the registry can say within the time. */
    boolean isAcknowledged(Registration each, long waitMs) throws InterruptedException {
        try {
            return send(
                            "POST",
                            "/v1/instances/%s/drain?incarnation=%d&waitMs=%d"
                                    .formatted(
                                            URLEncoder.encode(each.id(), StandardCharsets.UTF_8),
                                            each.incarnation(),
                                            waitMs),
                            null)
                    .body()
                    .path("acknowledged")
                    .asBoolean(false);
        } catch (IOException e) {
            return false;
        }
    }

    private Answer sendTo(URI base, String method, String path, @Nullable JsonNode body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(base + path)).timeout(TIMEOUT);
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (body == null) {
            request.method(method, HttpRequest.BodyPublishers.noBody());
        } else {
            request.header("Content-Type", "application/json");
            request.method(method, HttpRequest.BodyPublishers.ofByteArray(Json.MAPPER.writeValueAsBytes(body)));
        }
        HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        JsonNode json = Json.MAPPER.createObjectNode();
        try {
            if (!response.body().isEmpty()) {
                json = Json.MAPPER.readTree(response.body());
            }
        } catch (JacksonException e) {
            // a proxy's error page; the status says enough
            json = Json.MAPPER.createObjectNode();
        }
        String text = response.body();
        return new Answer(response.statusCode(), json, text.length() <= 300 ? text : text.substring(0, 300) + "…");
    }
}
