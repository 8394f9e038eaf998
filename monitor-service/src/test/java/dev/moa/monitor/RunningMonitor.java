package dev.moa.monitor;

import dev.moa.sdk.stats.StatisticsReport;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The whole monitor on ports of its own, spoken to over the network: HTTP for questions, and a stock Redis client
 * for reports. In this JVM, or as a process that can be killed.
 */
final class RunningMonitor implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private final int httpPort;
    private final int moaPort;
    private final @Nullable ConfigurableApplicationContext context;
    private final @Nullable Process process;
    private @Nullable RedisClient client;
    private @Nullable StatefulRedisConnection<String, String> connection;

    private RunningMonitor(
            int httpPort, int moaPort, @Nullable ConfigurableApplicationContext context, @Nullable Process process) {
        this.httpPort = httpPort;
        this.moaPort = moaPort;
        this.context = context;
        this.process = process;
    }

    static RunningMonitor start(String redisUrl, Path store, String... more) throws IOException {
        int http = freePort();
        int moa = freePort();
        ConfigurableApplicationContext context = new SpringApplicationBuilder(MonitorApplication.class)
                .run(arguments(http, moa, redisUrl, store, more).toArray(String[]::new));
        return new RunningMonitor(http, moa, context, null);
    }

    static RunningMonitor startProcess(String redisUrl, Path store, Path log, String... more) throws IOException {
        int http = freePort();
        int moa = freePort();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                MonitorApplication.class.getName()));
        command.addAll(arguments(http, moa, redisUrl, store, more));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        RunningMonitor monitor = new RunningMonitor(http, moa, null, process);
        Awaitility.await()
                .atMost(Duration.ofSeconds(40))
                .ignoreExceptions()
                .until(() -> monitor.get("/actuator/health").status() == 200);
        return monitor;
    }

    private static List<String> arguments(int http, int moa, String redisUrl, Path store, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=" + http,
                "--moa.server.port=" + moa,
                "--moa.registry.urls=",
                "--moa.statistics.enabled=false",
                "--spring.data.redis.url=" + redisUrl,
                "--moa.monitor.store.directory=" + store));
        arguments.addAll(List.of(more));
        return arguments;
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    int moaPort() {
        return moaPort;
    }

    record Reply(int status, String body) {
        JsonNode json() {
            return JSON.readTree(body);
        }
    }

    Reply get(String path) {
        try {
            HttpResponse<String> response = HTTP.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + path))
                            .timeout(Duration.ofSeconds(10))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            return new Reply(response.statusCode(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Calls {@code report} as any Redis client would; returns the code of the response. */
    int report(StatisticsReport report) {
        return reportJson(new String(report.toJson(), StandardCharsets.UTF_8))
                .path("code")
                .asInt();
    }

    JsonNode reportJson(String report) {
        StatefulRedisConnection<String, String> open = connection;
        if (open == null) {
            RedisClient made = RedisClient.create("redis://127.0.0.1:" + moaPort + "?timeout=5s");
            client = made;
            open = made.connect();
            connection = open;
        }
        return JSON.readTree(
                open.sync().get("{\"service\":\"/service/monitor\",\"method\":\"report\",\"args\":[" + report + "]}"));
    }

    /** Calls of all methods that the monitor has counted since {@code from}. */
    long counted(long from) {
        long count = 0;
        for (JsonNode series : get("/v1/stats?from=" + from).json().path("series")) {
            count += series.path("total").path("count").asLong();
        }
        return count;
    }

    void killHard() throws InterruptedException {
        disconnect();
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }

    private void disconnect() {
        if (client != null) {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
            client = null;
            connection = null;
        }
    }

    @Override
    public void close() throws InterruptedException {
        disconnect();
        if (context != null) {
            context.close();
        }
        killHard();
    }
}
