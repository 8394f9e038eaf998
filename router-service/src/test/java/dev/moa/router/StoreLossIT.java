package dev.moa.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.ServiceName;
import dev.moa.testkit.redis.RedisProcess;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores that lag, go back in time, or are gone together with the router. */
class StoreLossIT {
    private static final ServiceName USER = ServiceName.of("/service/user");

    @TempDir
    Path directory;

    @TempDir
    Path replicaDirectory;

    private RedisProcess redis;
    private RegistryLayout registry;
    private final List<AutoCloseable> others = new ArrayList<>();

    @BeforeEach
    void startRedis() throws Exception {
        redis = new RedisProcess(directory).start();
        registry = new RegistryLayout(() -> redis.commands(), "e1");
    }

    @AfterEach
    void stopAll() throws Exception {
        for (AutoCloseable other : others) {
            other.close();
        }
        redis.close();
    }

    private RunningRouter router(String... more) {
        RunningRouter router = RunningRouter.start(redis.url(), directory.resolve("snapshots"), more);
        others.add(router);
        return router;
    }

    private static List<String> ids(RunningRouter.Reply reply) {
        List<String> ids = new ArrayList<>();
        reply.json()
                .path("instances")
                .forEach(instance -> ids.add(
                        instance.path("id").asString() + (instance.path("held").asBoolean() ? " held" : "")));
        return ids;
    }

    @Test
    void aRedisThatCameBackWithAnOldDumpIsNotBelievedUntilItIsWholeAgain() throws Exception {
        registry.register(USER, "u1", 6001, "UP");
        redis.commands().save();
        registry.register(USER, "u2", 6002, "UP");
        RunningRouter router = router("--moa.router.live.hold=60s");
        await().until(() -> ids(router.lookup(USER)), List.of("u1", "u2")::equals);

        redis.kill();
        redis.start();

        await().atMost(Duration.ofSeconds(10)).until(() -> ids(router.lookup(USER)), List.of("u1", "u2 held")::equals);
        assertThat(router.get("/v1/explain?service=" + USER).body()).contains("went back from revision 2 to 1");
        assertThat(router.get("/actuator/health").body()).contains("went back from revision 2 to 1");
        registry.register(USER, "u2", 6002, "UP");
        await().atMost(Duration.ofSeconds(5)).until(() -> ids(router.lookup(USER)), List.of("u1", "u2")::equals);
    }

    @Test
    void aReplicaAnswersAndIsNotBelievedOnceItIsBehind() throws Exception {
        RedisProcess replica = new RedisProcess(replicaDirectory);
        others.add(replica);
        replica.start("--replicaof", "127.0.0.1", URI.create(redis.url()).getPort() + "");
        registry.register(USER, "u1", 6001, "UP");
        RunningRouter router = router("--moa.router.replica.url=" + replica.url());
        await().until(() -> router.lookup(USER).json().path("source").asString(), "live"::equals);

        router.send("PUT", "/v1/sources/live", "{\"enabled\":false}");

        await().until(() -> router.lookup(USER).json().path("source").asString(), "replica"::equals);
        replica.commands().replicaofNoOne();
        registry.register(USER, "u2", 6002, "UP");
        await().atMost(Duration.ofSeconds(5)).until(() -> ids(router.lookup(USER)), List.of("u1", "u2")::equals);
        assertThat(router.lookup(USER).json().path("source").asString()).isEqualTo("primary");
        assertThat(router.get("/v1/explain?service=" + USER).body()).contains("behind: revision 1");
    }

    @Test
    void aRouterThatIsKilledWhileRedisIsGoneAnswersFromItsSnapshot() throws Exception {
        registry.register(USER, "u1", 6001, "UP");
        int port = freePort();
        Process first = spawn(port);
        others.add(first::destroyForcibly);
        await().atMost(Duration.ofSeconds(40)).until(() -> answer(port), body -> body.contains("\"source\":\"live\""));
        await().until(() -> directory.resolve("snapshots/lookup.json").toFile().exists());

        redis.kill();
        first.destroyForcibly().waitFor();
        Process second = spawn(port);
        others.add(second::destroyForcibly);

        await().atMost(Duration.ofSeconds(40)).until(() -> answer(port), body -> body.contains("u1"));
        assertThat(answer(port)).contains("\"source\":\"snapshot\"", "\"ageMs\":");
    }

    @Test
    void whoRegisteredInAnEmptiedStoreIsKnownToARouterThatIsKilledWhileOthersAreHeld() throws Exception {
        registry.register(USER, "u1", 6001, "UP");
        try (RunningRouter router = router("--moa.router.live.hold=60s")) {
            await().until(() -> ids(router.lookup(USER)), List.of("u1")::equals);
            redis.commands().flushall();
            new RegistryLayout(() -> redis.commands(), "e2").register(USER, "u2", 6002, "UP");
            await().until(() -> ids(router.lookup(USER)), List.of("u1 held", "u2")::equals);
            await().until(
                            () -> Files.readString(directory.resolve("snapshots/lookup.json")),
                            text -> text.contains("u2"));
        }

        try (RunningRouter second = router("--moa.router.live.hold=60s")) {
            assertThat(ids(second.lookup(USER))).containsExactly("u1 held", "u2");
            assertThat(second.lookup(USER).json().path("source").asString())
                    .as("what answers first: the store was asked before the port opened")
                    .isEqualTo("live");
        }
        redis.kill();
        RunningRouter third = router("--moa.router.live.hold=60s");
        assertThat(ids(third.lookup(USER))).containsExactly("u1 held", "u2");
        assertThat(third.lookup(USER).json().path("source").asString()).isEqualTo("snapshot");
    }

    private Process spawn(int port) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx96m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        RouterApplication.class.getName(),
                        "--server.port=" + port,
                        "--moa.server.port=0",
                        "--moa.registry.urls=",
                        "--spring.data.redis.url=" + redis.url(),
                        "--moa.router.snapshot.interval=100ms",
                        "--moa.router.snapshot.directory=" + directory.resolve("snapshots"))
                .redirectErrorStream(true)
                .redirectOutput(new File(directory.toFile(), "router.log"))
                .start();
    }

    private static String answer(int port) {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port + "/v1/lookup?service=" + USER))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            return HttpClient.newHttpClient()
                    .send(request, HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
