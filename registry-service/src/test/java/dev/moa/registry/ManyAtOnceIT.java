package dev.moa.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.registry.RegistryApp.Answer;
import dev.moa.testkit.redis.RedisProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Many registrations in one request, many services in one watch. */
class ManyAtOnceIT {
    private static RedisProcess redis;
    private static RegistryApp app;

    @BeforeAll
    static void start(@TempDir Path data) {
        redis = new RedisProcess(RedisProcess.embeddedBinary(), data).start();
        app = new RegistryApp(redis.url());
    }

    @AfterAll
    static void stop() {
        app.close();
        redis.close();
    }

    @Test
    void manyAreRegisteredInOneRequestAndOneRefusalIsNobodyElses() {
        Answer answer = app.post("/v1/instances/batch", """
                {"instances":[
                  {"service":"/service/many/a","host":"127.0.0.1","port":7001},
                  {"service":"/service/many/b","host":"127.0.0.1","port":0},
                  {"service":"/service/many/c","host":"127.0.0.1","port":7003}]}
                """);

        JsonNode results = answer.json().get("results");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(results).hasSize(3);
        assertThat(results.get(0).get("registered").get("service").stringValue())
                .isEqualTo("/service/many/a");
        assertThat(results.get(1).has("registered")).isFalse();
        assertThat(results.get(1).get("problem").get("status").intValue()).isEqualTo(400);
        assertThat(results.get(1).get("problem").get("detail").stringValue()).contains("port");
        assertThat(results.get(2).get("registered").get("revision").longValue()).isEqualTo(1);
        assertThat(app.get("/v1/instances?service=/service/many/c").json().get("instances"))
                .hasSize(1);
    }

    @Test
    void namesThatRedisLostArePutInAgainAllAtOnce() {
        List<String> names =
                IntStream.range(0, 50).mapToObj(i -> "/service/indexed/s" + i).toList();
        app.post(
                "/v1/instances/batch",
                names.stream()
                        .map(name -> "{\"service\":\"%s\",\"host\":\"127.0.0.1\",\"port\":7001}".formatted(name))
                        .collect(Collectors.joining(",", "{\"instances\":[", "]}")));
        assertThat(redis.commands().smembers("moa:services")).containsAll(names);
        long before = writesOfNames();

        redis.commands().del("moa:services");

        await().untilAsserted(() ->
                assertThat(redis.commands().smembers("moa:services")).containsAll(names));
        assertThat(writesOfNames() - before).isEqualTo(1);
    }

    private static long writesOfNames() {
        return redis.commands()
                .info("commandstats")
                .lines()
                .filter(line -> line.startsWith("cmdstat_sadd:"))
                .mapToLong(line -> Long.parseLong(line.replaceFirst("^[^=]*=(\\d+),.*", "$1")))
                .sum();
    }

    @Test
    void manyAreRegisteredWithAScriptThatRedisKnowsAlready() {
        String many = """
                {"instances":[
                  {"service":"/service/many/again","host":"127.0.0.1","port":7001},
                  {"service":"/service/many/again","host":"127.0.0.1","port":7002}]}
                """;
        app.post("/v1/instances", "{\"service\":\"/service/many/first\",\"host\":\"127.0.0.1\",\"port\":7001}");

        Answer answer = app.post("/v1/instances/batch", many);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().get("results"))
                .extracting(each -> each.get("registered").get("revision").longValue())
                .containsExactly(1L, 2L);
    }

    @Test
    void listThatIsTooLongIsRefusedWhole() {
        String one = "{\"service\":\"/service/many/d\",\"host\":\"127.0.0.1\",\"port\":7001}";
        String many = IntStream.range(0, 1001).mapToObj(i -> one).collect(Collectors.joining(","));

        assertThat(app.post("/v1/instances/batch", "{\"instances\":[" + many + "]}")
                        .status())
                .isEqualTo(400);
        assertThat(app.post("/v1/instances/batch", "{\"instances\":[]}").status())
                .isEqualTo(400);
        assertThat(app.get("/v1/instances?service=/service/many/d").json().get("instances"))
                .isEmpty();
    }

    @Test
    void watchOfMoreServicesThanFitInAnAddressIsTold() {
        String names = IntStream.range(0, 400)
                .mapToObj(i -> "\"/service/many/of/a/long/name/that/fills/the/address/s" + i + "\"")
                .collect(Collectors.joining(","));
        try (RegistryApp.Watch watch = app.watchBody("{\"services\":[" + names + "]}")) {
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> !watch.lastToken().isEmpty());

            app.post(
                    "/v1/instances/batch",
                    "{\"instances\":[{\"service\":\"/service/many/of/a/long/name/that/fills/the/address/s399\","
                            + "\"host\":\"127.0.0.1\",\"port\":7001}]}");

            await().atMost(Duration.ofSeconds(10))
                    .until(() -> watch.changes().stream()
                            .anyMatch(change -> change.toString().contains("\"port\":7001")));
        }
    }

    @Test
    void howLongAChangeTookToItsWatchesIsMeasured() {
        try (RegistryApp.Watch watch = app.watch("service=/service/many/told")) {
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> !watch.lastToken().isEmpty());
            for (int port = 7001; port < 7004; port++) {
                app.post(
                        "/v1/instances",
                        "{\"service\":\"/service/many/told\",\"host\":\"127.0.0.1\",\"port\":%d}".formatted(port));
            }

            await().atMost(Duration.ofSeconds(10))
                    .until(() -> app.text("/actuator/prometheus").contains("moa_registry_watch_told_seconds_bucket"));
        }
    }
}
