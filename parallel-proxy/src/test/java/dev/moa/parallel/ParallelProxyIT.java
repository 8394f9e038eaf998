package dev.moa.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.parallel.forward.Forwarder;
import dev.moa.protocol.CallHandler;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.sdk.MoaClient;
import dev.moa.sdk.MoaServer;
import dev.moa.sdk.lookup.StaticDirectory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole proxy in front of real services, spoken to over HTTP and RESP. */
class ParallelProxyIT {
    private static final ServiceName WORK = ServiceName.of("/service/work");
    private static final ServiceName HANG = ServiceName.of("/service/hang");

    /** Hangs too; a name of its own, because the client's circuit breaker opens on it. */
    private static final ServiceName STUCK = ServiceName.of("/service/stuck");

    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final StaticDirectory DIRECTORY = new StaticDirectory();
    private static final AtomicInteger served = new AtomicInteger();
    private static final AtomicInteger cancelled = new AtomicInteger();
    private static final ScheduledExecutorService later = Executors.newScheduledThreadPool(1);
    private static final HttpClient http = HttpClient.newHttpClient();

    private static MoaServer services;
    private static ConfigurableApplicationContext proxy;
    private static int moaPort;

    @Configuration(proxyBeanMethods = false)
    static class Clients {
        @Bean
        MoaClient moaClient() {
            return MoaClient.builder().app("proxy").directory(DIRECTORY).build();
        }
    }

    @BeforeAll
    static void start() throws IOException {
        services = MoaServer.builder()
                .app("work")
                .publish(WORK, work())
                .publish(STUCK, (request, call) -> new CompletableFuture<>())
                .publish(HANG, (request, call) -> {
                    call.onCancel(cancelled::incrementAndGet);
                    return new CompletableFuture<>();
                })
                .build()
                .start();
        DIRECTORY.put(WORK, "127.0.0.1", services.port());
        DIRECTORY.put(STUCK, "127.0.0.1", services.port());
        DIRECTORY.put(HANG, "127.0.0.1", services.port());
        DIRECTORY.put(ServiceName.of("/service/dead"), "127.0.0.1", freePort());
        moaPort = freePort();
        proxy = new SpringApplicationBuilder(ParallelProxyApplication.class, Clients.class)
                .run(
                        "--server.port=0",
                        "--moa.server.port=" + moaPort,
                        "--moa.registry.urls=",
                        // a batch ends by its own deadline, never as a whole by that of the web layer
                        "--spring.mvc.async.request-timeout=1ms",
                        "--moa.parallel.forward.max-running-per-service=500");
    }

    private static CallHandler work() {
        return (request, call) -> {
            served.incrementAndGet();
            if (request.method().equals("fail")) {
                return CompletableFuture.failedFuture(new MoaException(StatusCode.NOT_FOUND, "no such user"));
            }
            if (request.method().equals("echo")) {
                return CompletableFuture.completedFuture(CallResponse.success(request.id(), request.args()));
            }
            CompletableFuture<CallResponse> answer = new CompletableFuture<>();
            later.schedule(
                    () -> answer.complete(CallResponse.success(request.id(), Payload.json("\"done\""))),
                    50,
                    TimeUnit.MILLISECONDS);
            return answer;
        };
    }

    @AfterAll
    static void stop() {
        if (proxy != null) {
            proxy.close();
        }
        services.close();
        later.shutdownNow();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static String call(ServiceName service, String method) {
        return "{\"service\":\"%s\",\"method\":\"%s\",\"args\":[1]}".formatted(service, method);
    }

    private static HttpResponse<String> post(String body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
                        + proxy.getEnvironment().getRequiredProperty("local.server.port") + "/v1/batch"))
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(20))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode results(long timeoutMs, String... calls) {
        HttpResponse<String> response =
                post("{\"timeoutMs\":%d,\"calls\":[%s]}".formatted(timeoutMs, String.join(",", calls)));
        assertThat(response.statusCode()).isEqualTo(200);
        return MAPPER.readTree(response.body()).path("results");
    }

    @Test
    void twentyCallsOf50MsTakeAsLongAsOne() {
        String[] calls =
                IntStream.range(0, 20).mapToObj(i -> call(WORK, "slow")).toArray(String[]::new);
        results(2_000, calls);

        long start = System.nanoTime();
        JsonNode results = results(2_000, calls);
        long tookMs = (System.nanoTime() - start) / 1_000_000;

        assertThat(results)
                .hasSize(20)
                .allSatisfy(
                        result -> assertThat(result.path("result").asString()).isEqualTo("done"));
        // one after the other they would take 1,000 ms
        assertThat(tookMs).isBetween(50L, 500L);
    }

    @Test
    void eachFailureIsMarkedInItsPlace() {
        JsonNode results = results(
                500,
                call(WORK, "echo"),
                call(WORK, "fail"),
                "{\"id\":\"x\",\"service\":\"nonsense\"}",
                call(ServiceName.of("/service/nobody"), "any"),
                call(ServiceName.of("/service/dead"), "any"),
                call(HANG, "any"),
                "{\"service\":\"/service/work\",\"method\":\"echo\",\"args\":[{\"$ref\":\"#x\"}]}",
                "{\"id\":\"last\",\"service\":\"/service/work\",\"method\":\"echo\",\"args\":[ 1.0 , \"é\"]}");

        List<Integer> codes = new ArrayList<>();
        results.forEach(result -> codes.add(result.path("code").asInt()));
        assertThat(codes).containsExactly(0, 5, 3, 5, 14, 4, 3, 0);
        assertThat(results.path(6).path("message").asString()).contains("reserved");
        assertThat(results.path(7).path("id").asString()).isEqualTo("last");
        assertThat(results.path(7).toString()).contains("1.0", "é");
    }

    @Test
    void whatIsOpenAtTheBatchsDeadlineIsMarkedAndCancelled() {
        int before = cancelled.get();

        JsonNode results = results(200, call(HANG, "any"), call(WORK, "echo"), call(HANG, "any"));

        assertThat(results.path(0).path("error").asString()).isEqualTo("DEADLINE_EXCEEDED");
        assertThat(results.path(1).path("code").asInt()).isZero();
        assertThat(results.path(2).path("error").asString()).isEqualTo("DEADLINE_EXCEEDED");
        await().untilAsserted(() -> assertThat(cancelled.get()).isEqualTo(before + 2));
    }

    @Test
    void tenThousandAndOneCallsAreRefusedBeforeAnyRuns() {
        String calls =
                IntStream.range(0, 10_001).mapToObj(i -> call(WORK, "echo")).collect(Collectors.joining(","));
        int before = served.get();

        HttpResponse<String> response = post("{\"calls\":[" + calls + "]}");

        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(response.body()).contains("10001", "10000", "split the batch");
        assertThat(served.get()).isEqualTo(before);
    }

    @Test
    void tenThousandCallsAreAnswered() {
        String[] calls =
                IntStream.range(0, 10_000).mapToObj(i -> call(WORK, "echo")).toArray(String[]::new);

        JsonNode results = results(20_000, calls);

        assertThat(results)
                .hasSize(10_000)
                .allSatisfy(result -> assertThat(result.path("code").asInt()).isZero());
    }

    @Test
    void aBodyOfMoreThan16MiBIsRefused() {
        HttpResponse<String> response = post("{\"calls\":[\"" + "x".repeat(17 << 20) + "\"]}");

        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(response.body()).contains("16777216");
    }

    @Test
    void aSlowServiceHoldsUpItsOwnCallsOnly() throws Exception {
        String hanging =
                IntStream.range(0, 2_000).mapToObj(i -> call(STUCK, "any")).collect(Collectors.joining(","));
        CompletableFuture<HttpResponse<String>> slow =
                CompletableFuture.supplyAsync(() -> post("{\"timeoutMs\":4000,\"calls\":[" + hanging + "]}"));
        await().until(() -> proxy.getBean(Forwarder.class).waiting() >= 1_000);

        long start = System.nanoTime();
        JsonNode results = results(2_000, call(WORK, "slow"), call(WORK, "echo"));

        assertThat(results.path(0).path("code").asInt()).isZero();
        assertThat((System.nanoTime() - start) / 1_000_000).isLessThan(1_000);
        assertThat(slow).isNotDone();
        assertThat(slow.get(10, TimeUnit.SECONDS).body())
                .contains("DEADLINE_EXCEEDED")
                .doesNotContain("\"code\":0");
        assertThat(proxy.getBean(Forwarder.class).calls()).isZero();
    }

    @Test
    void stockRedisCommandsWork() throws IOException {
        try (Socket socket = new Socket("127.0.0.1", moaPort)) {
            socket.setSoTimeout(5_000);
            ByteArrayOutputStream commands = new ByteArrayOutputStream();
            command(commands, "MGET", call(WORK, "slow"), call(WORK, "fail"), call(WORK, "echo"));
            command(commands, "GET", call(WORK, "echo"));
            command(commands, "GET", call(WORK, "fail"));
            socket.getOutputStream().write(commands.toByteArray());

            StringBuilder replies = new StringBuilder();
            byte[] buffer = new byte[4096];
            while (!replies.toString()
                    .replaceAll("(?s).*\"code\":5.*\"code\":0.*\"code\":0.*\"code\":5.*", "ALL")
                    .equals("ALL")) {
                int read = socket.getInputStream().read(buffer);
                assertThat(read).as("replies so far: %s", replies).isPositive();
                replies.append(new String(buffer, 0, read, StandardCharsets.UTF_8));
            }

            assertThat(replies.toString()).startsWith("*3\r\n$").contains("\"result\":\"done\"", "no such user");
        }
    }

    private static void command(ByteArrayOutputStream out, String... words) {
        out.writeBytes(("*" + words.length + "\r\n").getBytes(StandardCharsets.UTF_8));
        for (String word : words) {
            byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
            out.writeBytes(("$" + bytes.length + "\r\n").getBytes(StandardCharsets.UTF_8));
            out.writeBytes(bytes);
            out.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
        }
    }
}
