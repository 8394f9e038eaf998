package dev.moa.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.ServiceName;
import dev.moa.testkit.redis.Certificates;
import dev.moa.testkit.redis.RedisCluster;
import dev.moa.testkit.redis.RedisProcess;
import dev.moa.testkit.redis.SentinelProcess;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The router on a Redis Cluster, behind Sentinel, and over TLS with a replica. */
class StoresIT {
    private static final ServiceName USER = ServiceName.of("/service/user");
    private static final Duration LIMIT = Duration.ofSeconds(15);

    @TempDir
    Path directory;

    @Test
    void clusterIsReadAndListenedToAndAnswersGoOnWithoutOneNode() {
        try (RedisCluster cluster = new RedisCluster(directory)) {
            RedisClusterClient client =
                    RedisClusterClient.create(RedisURI.create(cluster.node(1).url()));
            try (var connection = client.connect();
                    RunningRouter router = RunningRouter.start(
                            "",
                            directory.resolve("snapshots"),
                            "--spring.data.redis.cluster.nodes=" + cluster.addresses())) {
                RegistryLayout registry = new RegistryLayout(connection::sync, "e1");
                for (int i = 0; i < 12; i++) {
                    registry.register(service(i), "first", 7001 + i, "UP");
                }
                for (int i = 0; i < 12; i++) {
                    ServiceName service = service(i);
                    await().atMost(LIMIT).until(() -> ids(router, service), List.of("first")::equals);
                }

                cluster.node(0).kill();
                for (int i = 0; i < 12; i++) {
                    assertThat(ids(router, service(i))).containsExactly("first");
                }
            } finally {
                client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
            }
        }
    }

    @Test
    void replicaThatWasBehindAndIsMadePrimaryIsNotBelieved() {
        RedisProcess primary = new RedisProcess(directory.resolve("primary")).start();
        RedisProcess replica = new RedisProcess(directory.resolve("replica"));
        // what it has got is on disk before it says so: written once a second, the kill would take it with it
        String[] follows = {
            "--replicaof", "127.0.0.1 " + primary.port(), "--appendonly", "yes", "--appendfsync", "always"
        };
        replica.start(follows);
        try (primary;
                replica;
                SentinelProcess sentinel = new SentinelProcess(directory.resolve("sentinel"), primary, 1);
                RunningRouter router = RunningRouter.start(
                        "",
                        directory.resolve("snapshots"),
                        "--moa.router.live.hold=60s",
                        "--spring.data.redis.sentinel.master=" + SentinelProcess.MASTER,
                        "--spring.data.redis.sentinel.nodes=" + sentinel.address())) {
            RegistryLayout registry = new RegistryLayout(primary::commands, "e1");
            registry.register(USER, "early", 7001, "UP");
            await().atMost(LIMIT).until(() -> replica.commands().exists("moa:{/service/user}:meta") == 1);
            // the file of a new replica counts once it was written anew
            await().atMost(LIMIT)
                    .until(
                            () -> replica.commands().info("persistence"),
                            info -> info.contains("aof_rewrite_in_progress:0")
                                    && info.contains("aof_rewrite_scheduled:0"));
            replica.kill();
            registry.register(USER, "late", 7002, "UP");
            await().atMost(LIMIT).until(() -> ids(router, USER), List.of("early", "late")::equals);

            primary.kill();
            replica.start(follows);

            await().atMost(LIMIT).until(() -> sentinel.primaryPort() == replica.port());
            await().atMost(LIMIT).until(() -> ids(router, USER), List.of("early", "late held")::equals);
            new RegistryLayout(replica::commands, "e1").register(USER, "late", 7002, "UP");
            await().atMost(LIMIT).until(() -> ids(router, USER), List.of("early", "late")::equals);
        }
    }

    @Test
    void primaryAndReplicaOverTls() {
        Certificates certificates = Certificates.make(directory);
        int primaryPort = RedisProcess.freePort();
        int replicaPort = RedisProcess.freePort();
        try (RedisProcess primary =
                        new RedisProcess(directory.resolve("primary")).start(certificates.settings(primaryPort));
                RedisProcess replica =
                        new RedisProcess(directory.resolve("replica")).start(certificates.settings(replicaPort))) {
            replica.commands().replicaof("127.0.0.1", primary.port());
            RegistryLayout registry = new RegistryLayout(primary::commands, "e1");
            registry.register(USER, "first", 7001, "UP");
            try (RunningRouter router = RunningRouter.start(
                    "rediss://127.0.0.1:" + primaryPort,
                    directory.resolve("snapshots"),
                    "--moa.router.replica.url=rediss://127.0.0.1:" + replicaPort,
                    "--spring.data.redis.ssl.bundle=redis",
                    "--spring.ssl.bundle.pem.redis.truststore.certificate=file:" + certificates.certificate())) {
                await().atMost(LIMIT).until(() -> source(router), "live"::equals);

                router.send("PUT", "/v1/sources/live", "{\"enabled\":false}");

                await().atMost(LIMIT).until(() -> source(router), "replica"::equals);
                assertThat(ids(router, USER)).containsExactly("first");
            }
        }
    }

    private static ServiceName service(int number) {
        return ServiceName.of("/service/s" + number);
    }

    private static String source(RunningRouter router) {
        return router.lookup(USER).json().path("source").asString("");
    }

    private static List<String> ids(RunningRouter router, ServiceName service) {
        List<String> ids = new ArrayList<>();
        router.lookup(service)
                .json()
                .path("instances")
                .forEach(instance -> ids.add(
                        instance.path("id").asString() + (instance.path("held").asBoolean() ? " held" : "")));
        return ids;
    }
}
