package dev.moa.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.ServiceName;
import dev.moa.sdk.MoaClient;
import dev.moa.sdk.MoaServer;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the README of this module promises, on a registry and a router of its own. */
@MoaPlatform(
        apps = {"registry", "router"},
        hasKafka = false,
        isShared = false)
class MoaPlatformIT {
    private static final ServiceName GREETER = ServiceName.of("/service/testkit/greeter");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Published below. */
    public interface Greeter {
        String hello(String name);
    }

    @Test
    void aPublishedServiceIsFoundAndCalled(RunningMoa moa) {
        try (MoaServer server = moa.server("greeter")
                        .publish(GREETER, Greeter.class, name -> "hello " + name)
                        .build()
                        .start();
                MoaClient client = moa.client("test").build()) {
            assertThat(server.port()).isPositive();

            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .untilAsserted(() -> assertThat(
                                    client.proxy(GREETER, Greeter.class).hello("world"))
                            .isEqualTo("hello world"));
        }
    }

    @Test
    void aDrainIsAcknowledgedByTheRouterAndNamesOneThatIsBehind(RunningMoa moa) throws Exception {
        ServiceName service = ServiceName.of("/service/testkit/drained");
        try (MoaServer first = drained(moa, service);
                MoaServer second = drained(moa, service)) {
            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> get(moa, "router", "/v1/lookup?service=" + service)
                                    .path("instances")
                                    .size()
                            == 2);
            JsonNode instances =
                    get(moa, "registry", "/v1/instances?service=" + service).path("instances");
            // the router, too, has to be registered to be asked
            await().atMost(PATIENCE)
                    .until(() -> get(moa, "registry", "/v1/instances?service=/service/lookup")
                                    .path("instances")
                                    .size()
                            == 1);

            JsonNode acknowledged = drain(moa, instances.get(0), 10_000);
            assertThat(acknowledged.path("acknowledged").asBoolean())
                    .as("%s", acknowledged)
                    .isTrue();
            assertThat(acknowledged.path("routers").asInt()).isEqualTo(1);
            assertThat(get(moa, "router", "/v1/lookup?service=" + service).toString())
                    .doesNotContain(instances.get(0).path("id").asString());

            signal("-STOP", moa.platform().state("router").pid());
            JsonNode behind;
            try {
                behind = drain(moa, instances.get(1), 700);
            } finally {
                signal("-CONT", moa.platform().state("router").pid());
            }
            assertThat(behind.path("acknowledged").asBoolean()).isFalse();
            assertThat(behind.path("behind").get(0).path("kind").asString()).isEqualTo("router");
            assertThat(behind.path("behind").get(0).path("name").asString())
                    .contains(Integer.toString(moa.moaPort("router")));
            await().atMost(PATIENCE)
                    .until(() -> drain(moa, instances.get(1), 1_000)
                            .path("acknowledged")
                            .asBoolean());
        }
    }

    private static MoaServer drained(RunningMoa moa, ServiceName service) {
        return moa.server("drained")
                .publish(service, Greeter.class, name -> "hello " + name)
                .build()
                .start();
    }

    private static JsonNode drain(RunningMoa moa, JsonNode instance, int waitMs) throws Exception {
        return send(HttpRequest.newBuilder(moa.http("registry")
                        .resolve("/v1/instances/%s/drain?incarnation=%s&waitMs=%d"
                                .formatted(
                                        instance.path("id").asString(),
                                        instance.path("incarnation").asLong(),
                                        waitMs)))
                .POST(HttpRequest.BodyPublishers.noBody()));
    }

    private static JsonNode get(RunningMoa moa, String part, String path) throws Exception {
        return send(HttpRequest.newBuilder(moa.http(part).resolve(path)));
    }

    private static JsonNode send(HttpRequest.Builder request) throws Exception {
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
        return JsonMapper.shared().readTree(response.body());
    }

    private static void signal(String signal, long pid) throws Exception {
        assertThat(new ProcessBuilder("kill", signal, Long.toString(pid))
                        .start()
                        .waitFor())
                .isZero();
    }

    @Test
    void aKilledPartComesBack(RunningMoa moa) {
        long before = moa.platform().state("router").pid();

        moa.killAndAwait("router", PATIENCE);

        assertThat(moa.platform().state("router").pid()).isNotEqualTo(before);
    }

    @Test
    void aStoppedPartStaysStoppedUntilItIsStarted(RunningMoa moa) {
        moa.stop("registry");
        assertThat(moa.platform().state("registry").pid()).isZero();

        moa.start("registry", PATIENCE);

        moa.awaitHealthy(PATIENCE);
    }
}
