package dev.moa.router;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole router application on ports of its own, spoken to over the network. */
final class RunningRouter implements AutoCloseable {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final ConfigurableApplicationContext context;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private RunningRouter(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /** @param redisUrl empty where the settings say where Redis is */
    static RunningRouter start(String redisUrl, Path snapshots, String... more) {
        return start(RouterApplication.class, redisUrl, snapshots, more);
    }

    /** @param beans a class whose bean methods are added to the router's */
    static RunningRouter start(Class<?> beans, String redisUrl, Path snapshots, String... more) {
        // by name: given twice, Spring would join the values
        Map<String, String> settings = new LinkedHashMap<>();
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--moa.server.port=0",
                "--moa.router.name-server.port=0",
                "--moa.registry.urls=http://127.0.0.1:1",
                "--moa.router.snapshot.directory=" + snapshots,
                "--moa.router.snapshot.interval=100ms",
                "--moa.router.live.compare-interval=1s",
                "--moa.router.live.hold=3s"));
        if (!redisUrl.isEmpty()) {
            arguments.add("--spring.data.redis.url=" + redisUrl);
        }
        arguments.addAll(List.of(more));
        arguments.forEach(argument -> settings.put(argument.substring(0, argument.indexOf('=')), argument));
        return new RunningRouter(new SpringApplicationBuilder(RouterApplication.class, beans)
                .run(settings.values().toArray(String[]::new)));
    }

    int port() {
        return Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    /** Returns all parts of the router itself. */
    List<Object> beans() {
        return context.getBeansOfType(Object.class).values().stream()
                .filter(bean -> bean.getClass().getName().startsWith("dev.moa.router."))
                .toList();
    }

    record Reply(int status, String body, String etag) {
        JsonNode json() {
            return MAPPER.readTree(body);
        }
    }

    Reply get(String path, String... headers) {
        return send("GET", path, "", headers);
    }

    Reply lookup(Object service) {
        return get("/v1/lookup?service=" + URLEncoder.encode(service.toString(), StandardCharsets.UTF_8));
    }

    Reply send(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .timeout(Duration.ofSeconds(15))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Reply(
                    response.statusCode(),
                    response.body(),
                    response.headers().firstValue("ETag").orElse(""));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Ends it without any farewell: nothing is written any more, as after kill -9. */
    @Override
    public void close() {
        context.close();
    }
}
