package dev.moa.registry;

import dev.moa.spring.ssl.MoaSsl;
import dev.moa.testkit.redis.RedisProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The real application on ports of its own, and a client of it. */
final class RegistryApp implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpClient http;
    private final String scheme;
    private final int port = RedisProcess.freePort();
    private final int moaPort = RedisProcess.freePort();
    private final ConfigurableApplicationContext context;

    /** @param redisUrl empty where the settings say where Redis is */
    RegistryApp(String redisUrl, String... settings) {
        scheme = List.of(settings).contains("--server.ssl.bundle=moa") ? "https" : "http";
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=" + port,
                "--moa.server.port=" + moaPort,
                "--moa.registry.urls=" + uri(""),
                "--spring.main.banner-mode=off",
                "--spring.jmx.enabled=false",
                "--logging.level.root=warn",
                "--moa.registry.lease.min-ttl=1s"));
        if (!redisUrl.isEmpty()) {
            arguments.add("--spring.data.redis.url=" + redisUrl);
        }
        arguments.addAll(List.of(settings));
        context = SpringApplication.run(RegistryApplication.class, arguments.toArray(String[]::new));
        SSLContext trust = context.getBean(MoaSsl.class).https();
        http = trust == null
                ? HttpClient.newHttpClient()
                : HttpClient.newBuilder().sslContext(trust).build();
    }

    int moaPort() {
        return moaPort;
    }

    /** An answer: its status and its JSON. */
    record Answer(int status, JsonNode json, HttpResponse<String> response) {}

    Answer get(String path) {
        return send(request(path).GET());
    }

    /** Returns what is no JSON. */
    String text(String path) {
        return HttpText.get(uri(path));
    }

    Answer post(String path, String body) {
        return send(request(path).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    Answer put(String path, String body) {
        return send(request(path).PUT(HttpRequest.BodyPublishers.ofString(body)));
    }

    Answer patch(String path, String body) {
        return send(request(path).method("PATCH", HttpRequest.BodyPublishers.ofString(body)));
    }

    Answer delete(String path) {
        return send(request(path).DELETE());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path))
                .timeout(Duration.ofSeconds(10))
                .header("Content-Type", "application/json");
    }

    Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            String body = response.body();
            return new Answer(response.statusCode(), JSON.readTree(body.isEmpty() ? "null" : body), response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    URI uri(String path) {
        return URI.create(scheme + "://127.0.0.1:" + port + path);
    }

    /** Opens a watch and gathers its events. */
    Watch watch(String query) {
        return new Watch(HttpRequest.newBuilder(uri("/v1/watch?" + query)).GET().build());
    }

    /** Watches by POST, for more services than fit in an address. */
    Watch watchBody(String body) {
        return new Watch(request("/v1/watch")
                .timeout(Duration.ofMinutes(1))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    /** One event of a watch. */
    record Event(String name, String data) {
        JsonNode json() {
            return JSON.readTree(data);
        }
    }

    /** A watch that is open; its events so far. */
    final class Watch implements AutoCloseable {
        final List<Event> events = new CopyOnWriteArrayList<>();
        private final InputStream body;

        Watch(HttpRequest request) {
            try {
                HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
                if (response.statusCode() != 200) {
                    throw new IllegalStateException("watch: " + response.statusCode());
                }
                body = response.body();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            Thread reader = new Thread(this::read, "test-watch");
            reader.setDaemon(true);
            reader.start();
        }

        List<JsonNode> changes() {
            return events.stream()
                    .filter(event -> event.name().equals("change"))
                    .map(Event::json)
                    .toList();
        }

        String lastToken() {
            return events.stream()
                    .filter(event -> event.name().equals("token"))
                    .reduce((first, second) -> second)
                    .map(Event::data)
                    .orElse("");
        }

        private void read() {
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
                String name = "";
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.startsWith("event:")) {
                        name = line.substring("event:".length());
                    } else if (line.startsWith("data:")) {
                        events.add(new Event(name, line.substring("data:".length())));
                    }
                }
            } catch (IOException closed) {
                events.add(new Event("closed", ""));
            }
        }

        @Override
        public void close() {
            try {
                body.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() {
        context.close();
    }
}
