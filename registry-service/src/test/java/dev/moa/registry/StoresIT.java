package dev.moa.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.registry.RegistryApp.Answer;
import dev.moa.registry.RegistryApp.Watch;
import dev.moa.testkit.redis.Certificates;
import dev.moa.testkit.redis.RedisCluster;
import dev.moa.testkit.redis.RedisProcess;
import dev.moa.testkit.redis.SentinelProcess;
import io.lettuce.core.AclCategory;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.protocol.CommandType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The registry on a Redis Cluster, behind Sentinel, and over TLS with a user of its own. */
class StoresIT {
    private static final Duration LIMIT = Duration.ofSeconds(15);

    @TempDir
    Path directory;

    @Test
    void clusterKeepsEachServiceOnOneNodeAndGoesOnWithoutOneOfThem() {
        try (RedisCluster cluster = new RedisCluster(directory);
                RegistryApp app = new RegistryApp("", "--spring.data.redis.cluster.nodes=" + cluster.addresses())) {
            List<Answer> registered = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                registered.add(register(app, "/service/s" + i, 7001 + i, 30));
            }
            try (Watch watch = app.watch("service=/service/s0&service=/service/s1&service=/service/s2")) {
                await().atMost(LIMIT).until(() -> !watch.lastToken().isEmpty());
                Answer renewed = app.put("/v1/leases", leases(registered));
                assertThat(renewed.json().get("renewed").size()).isEqualTo(12);
                await().atMost(LIMIT)
                        .until(() ->
                                app.get("/v1/services").json().get("services").size() >= 12);

                cluster.node(0).kill();
                // at least one service is on each node: who is on the others can be registered, and watched
                List<String> there = new ArrayList<>();
                await().atMost(LIMIT).until(() -> {
                    there.clear();
                    for (int i = 0; i < 12; i++) {
                        if (status(app, "/service/s" + i, 8001 + i) == 201) {
                            there.add("/service/s" + i);
                        }
                    }
                    return !there.isEmpty();
                });
                assertThat(there).hasSizeLessThan(12);
                assertThat(app.get("/actuator/health").status()).isEqualTo(200);

                cluster.start(0);
                await().atMost(LIMIT)
                        .untilAsserted(() -> assertThat(app.put("/v1/leases", leases(registered))
                                        .json()
                                        .path("renewed")
                                        .size())
                                .isEqualTo(12));
                register(app, "/service/s0", 9001, 30);
                await().atMost(LIMIT)
                        .untilAsserted(() -> assertThat(watch.changes())
                                .anySatisfy(
                                        event -> assertThat(event.toString()).contains("9001")));
            }
        }
    }

    @Test
    void replicaThatWasBehindAndIsMadePrimaryIsNoticedAndNobodyIsLost() {
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
                RegistryApp app = new RegistryApp(
                        "",
                        "--spring.data.redis.sentinel.master=" + SentinelProcess.MASTER,
                        "--spring.data.redis.sentinel.nodes=" + sentinel.address())) {
            Answer early = register(app, "/service/user", 7001, 30);
            await().atMost(LIMIT).until(() -> replica.commands().exists("moa:{/service/user}:meta") == 1);
            // the file of a new replica counts once it was written anew
            await().atMost(LIMIT)
                    .until(
                            () -> replica.commands().info("persistence"),
                            info -> info.contains("aof_rewrite_in_progress:0")
                                    && info.contains("aof_rewrite_scheduled:0"));
            replica.kill();
            Answer late = register(app, "/service/user", 7002, 30);
            try (Watch watch = app.watch("service=/service/user")) {
                await().atMost(LIMIT).until(() -> watch.changes().size() == 1);

                primary.kill();
                replica.start(follows);
                await().atMost(LIMIT).until(() -> sentinel.primaryPort() == replica.port());
                await().atMost(LIMIT)
                        .until(() -> app.put("/v1/leases", leases(List.of(early, late)))
                                        .json()
                                        .path("unknown")
                                        .size()
                                == 1);

                await().atMost(LIMIT).until(() -> watch.changes().size() > 1);
                watch.changes().forEach(event -> assertThat(event.toString()).contains("7001", "7002"));
                Answer again = register(app, "/service/user", 7002, 30);
                assertThat(again.status()).isEqualTo(201);
                assertThat(again.json().get("epoch")).isNotEqualTo(late.json().get("epoch"));
                assertThat(again.json().get("incarnation").longValue())
                        .isGreaterThan(late.json().get("incarnation").longValue());
            }
        }
    }

    @Test
    void tlsWithAUserThatMayDoNoMoreThanItNeeds() {
        Certificates certificates = Certificates.make(directory);
        RedisProcess redis = new RedisProcess(directory.resolve("redis"));
        int tlsPort = RedisProcess.freePort();
        try (redis) {
            redis.start(certificates.settings(tlsPort));
            aclUser(redis);
            String[] settings = {
                "--spring.data.redis.host=127.0.0.1",
                "--spring.data.redis.port=" + tlsPort,
                "--spring.data.redis.username=registry",
                "--spring.data.redis.password=s3cret",
                "--spring.data.redis.ssl.bundle=redis",
                "--spring.ssl.bundle.pem.redis.truststore.certificate=file:" + certificates.certificate(),
            };
            try (RegistryApp app = new RegistryApp("", settings);
                    Watch watch = app.watch("service=/service/user")) {
                await().atMost(LIMIT).until(() -> !watch.lastToken().isEmpty());
                Answer registered = register(app, "/service/user", 7001, 30);

                assertThat(app.put("/v1/leases", leases(List.of(registered)))
                                .json()
                                .get("renewed")
                                .size())
                        .isEqualTo(1);
                await().atMost(LIMIT)
                        .untilAsserted(() -> assertThat(watch.changes())
                                .anySatisfy(
                                        event -> assertThat(event.toString()).contains("7001")));
                assertThat(redis.commands().aclLog()).isEmpty();
            }
        }
    }

    /** As docs/operations.md gives it. */
    private static void aclUser(RedisProcess redis) {
        redis.commands()
                .aclSetuser(
                        "registry",
                        AclSetuserArgs.Builder.on()
                                .addPassword("s3cret")
                                .keyPattern("moa:*")
                                .channelPattern("moa:*")
                                .allCommands()
                                .removeCategory(AclCategory.ADMIN)
                                .removeCategory(AclCategory.DANGEROUS)
                                .addCommand(CommandType.INFO)
                                .addCommand(CommandType.ROLE));
    }

    private static Answer register(RegistryApp app, String service, int port, int ttlSeconds) {
        return app.post("/v1/instances", """
            {"service":"%s","host":"127.0.0.1","port":%d,"ttlSeconds":%d}
            """.formatted(service, port, ttlSeconds));
    }

    private static int status(RegistryApp app, String service, int port) {
        return register(app, service, port, 30).status();
    }

    private static String leases(List<Answer> registered) {
        return registered.stream()
                .map(each -> "{\"id\":%s,\"incarnation\":%s}"
                        .formatted(each.json().get("id"), each.json().get("incarnation")))
                .collect(Collectors.joining(",", "{\"leases\":[", "]}"));
    }
}
