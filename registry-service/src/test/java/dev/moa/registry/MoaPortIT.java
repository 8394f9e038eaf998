package dev.moa.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.protocol.client.MoaConnection;
import dev.moa.testkit.redis.RedisProcess;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The registry by its moa port: writes that are gathered. */
class MoaPortIT {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static RedisProcess redis;
    private static RegistryApp app;
    private static MoaConnection connection;

    @BeforeAll
    static void start(@TempDir Path data) throws Exception {
        redis = new RedisProcess(RedisProcess.embeddedBinary(), data).start();
        app = new RegistryApp(redis.url());
        connection = MoaConnection.open(new InetSocketAddress("127.0.0.1", app.moaPort()), ConnectionOptions.defaults())
                .get(5, TimeUnit.SECONDS);
    }

    @AfterAll
    static void stop() {
        connection.close();
        app.close();
        redis.close();
    }

    @Test
    void manyRegistrationsAtOnceAreAnsweredEachByItself() throws Exception {
        List<CompletableFuture<CallResponse>> answers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            String body = i % 10 == 0
                    ? registration("/service/at-once/bad", 0)
                    : registration("/service/at-once/good", 7_000 + i);
            answers.add(call("register", "[" + body + "]"));
        }

        for (int i = 0; i < 200; i++) {
            CallResponse answer = answers.get(i).get(10, TimeUnit.SECONDS);
            assertThat(answer.code()).isEqualTo(i % 10 == 0 ? StatusCode.INVALID_ARGUMENT : StatusCode.OK);
        }
        JsonNode listed = app.get("/v1/instances?service=/service/at-once/good").json();
        assertThat(listed.get("instances")).hasSize(180);
        assertThat(listed.get("revision").longValue()).isEqualTo(180);
        assertThat(app.get("/v1/changes?service=/service/at-once/good").json().get("changes"))
                .hasSize(180);
    }

    @Test
    void renewalsOfManyAtOnceAreAnsweredEachByItself() throws Exception {
        JsonNode first = registered("/service/renewed", 7_001);
        JsonNode second = registered("/service/renewed", 7_002);
        String good =
                lease(first.get("id").stringValue(), first.get("incarnation").longValue());
        String stale =
                lease(second.get("id").stringValue(), second.get("incarnation").longValue() - 1);
        String unknown = lease(second.get("id").stringValue() + "x", 7);
        List<CompletableFuture<CallResponse>> answers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            answers.add(call("renew", "[[%s,%s]]".formatted(good, stale)));
            answers.add(call("renew", "[[%s]]".formatted(unknown)));
            answers.add(call("renew", "[\"no leases\"]"));
        }

        for (int i = 0; i < answers.size(); i += 3) {
            JsonNode mixed = result(answers.get(i));
            assertThat(mixed.get("renewed")).hasSize(1);
            assertThat(mixed.get("stale").get(0).get("current").longValue())
                    .isEqualTo(second.get("incarnation").longValue());
            assertThat(result(answers.get(i + 1)).get("unknown")).hasSize(1);
            assertThat(answers.get(i + 2).get(10, TimeUnit.SECONDS).code()).isEqualTo(StatusCode.INVALID_ARGUMENT);
        }
    }

    @Test
    void manyAreRegisteredInOneCallAndOneRefusalIsNobodyElses() throws Exception {
        JsonNode results = result(call(
                        "registerAll",
                        "[[%s,%s]]"
                                .formatted(registration("/service/all/a", 7_001), registration("/service/all/b", 0))))
                .get("results");

        assertThat(results.get(0).get("registered").get("service").stringValue())
                .isEqualTo("/service/all/a");
        assertThat(results.get(1).get("problem").get("error").stringValue()).isEqualTo("INVALID_ARGUMENT");
        assertThat(results.get(1).get("problem").get("message").stringValue()).contains("port");
    }

    private static CompletableFuture<CallResponse> call(String method, String arguments) {
        return connection.call(
                CallRequest.of(ServiceName.of("/service/registry"), method, Payload.json(arguments)),
                Deadline.afterMillis(10_000));
    }

    private static JsonNode result(CompletableFuture<CallResponse> answer) throws Exception {
        return JSON.readTree(answer.get(10, TimeUnit.SECONDS).resultOrThrow().text());
    }

    private static JsonNode registered(String service, int port) throws Exception {
        return result(call("register", "[" + registration(service, port) + "]"));
    }

    private static String registration(String service, int port) {
        return "{\"service\":\"%s\",\"host\":\"127.0.0.1\",\"port\":%d,\"ttlSeconds\":30}".formatted(service, port);
    }

    private static String lease(String id, long incarnation) {
        return "{\"id\":\"%s\",\"incarnation\":%d}".formatted(id, incarnation);
    }
}
