package dev.moa.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.server.MoaPort;
import dev.moa.router.sentinel.FailoverNews;
import dev.moa.testkit.redis.RedisProcess;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.sentinel.api.StatefulRedisSentinelConnection;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.RedisSentinelClient;

/** Stock Redis clients find a service through the router, and move when their instance goes. */
class SentinelIT {
    private static final ServiceName USER = ServiceName.of("/service/user");
    private static final String CALL = "{\"service\":\"/service/user\",\"method\":\"who\",\"args\":[]}";

    @TempDir
    Path directory;

    private final MoaPort one = instance("one");
    private final MoaPort two = instance("two");
    private RedisProcess redis;
    private RegistryLayout registry;
    private RunningRouter router;
    private int sentinelPort;

    @BeforeEach
    void start() throws Exception {
        redis = new RedisProcess(directory).start();
        registry = new RegistryLayout(() -> redis.commands(), "e1");
        registry.register(USER, "one", one.port(), "UP");
        registry.register(USER, "two", two.port(), "UP");
        try (ServerSocket socket = new ServerSocket(0)) {
            sentinelPort = socket.getLocalPort();
        }
        router = RunningRouter.start(redis.url(), directory.resolve("snapshots"), "--moa.server.port=" + sentinelPort);
        await().until(() -> router.lookup(USER).body(), body -> body.contains("\"two\""));
    }

    @AfterEach
    void stop() throws Exception {
        router.close();
        redis.close();
        one.close();
        two.close();
    }

    private static MoaPort instance(String name) {
        return MoaPort.builder((request, call) -> CompletableFuture.completedFuture(
                        CallResponse.success(request.id(), Payload.json("\"" + name + "\""))))
                .port(0)
                .build()
                .start();
    }

    /** Takes the instance that has answered {@code reply} out of the answers, and ends it. */
    private void lose(String reply) {
        boolean isOne = reply.contains("one");
        registry.remove(USER, isOne ? "one" : "two", "graceful");
        (isOne ? one : two).close();
    }

    @Test
    void jedisFollowsItsInstanceToAnother() {
        for (RedisProtocol protocol : List.of(RedisProtocol.RESP2, RedisProtocol.RESP3)) {
            try (RedisSentinelClient client = RedisSentinelClient.builder()
                    .masterName(USER.value())
                    .sentinels(Set.of(new HostAndPort("127.0.0.1", sentinelPort)))
                    .clientConfig(DefaultJedisClientConfig.builder()
                            .protocol(protocol)
                            .build())
                    .build()) {
                String before = client.get(CALL);
                await().until(() -> router.bean(FailoverNews.class).waiting() == 1);
                if (protocol == RedisProtocol.RESP3) {
                    lose(before);

                    await().atMost(Duration.ofSeconds(5))
                            .ignoreExceptions()
                            .until(() -> !client.get(CALL).equals(before));
                }

                assertThat(client.get(CALL)).contains("\"code\":0");
            }
            await().until(() -> router.bean(FailoverNews.class).waiting() == 0);
        }
    }

    @Test
    void lettuceFollowsItsInstanceToAnother() {
        RedisClient client = RedisClient.create(RedisURI.Builder.sentinel("127.0.0.1", sentinelPort, USER.value())
                .build());
        try (var connection = client.connect();
                StatefulRedisSentinelConnection<String, String> sentinel =
                        client.connectSentinel(RedisURI.create("127.0.0.1", sentinelPort))) {
            String before = connection.sync().get(CALL);
            List<Map<String, String>> masters = sentinel.sync().masters();
            List<Map<String, String>> replicas = sentinel.sync().replicas(USER.value());

            lose(before);

            await().atMost(Duration.ofSeconds(5))
                    .ignoreExceptions()
                    .until(() -> !connection.sync().get(CALL).equals(before));
            assertThat(masters)
                    .singleElement()
                    .satisfies(master -> assertThat(master)
                            .containsEntry("name", USER.value())
                            .containsEntry("flags", "master")
                            .containsEntry("num-slaves", "1"));
            assertThat(replicas).hasSize(1);
            assertThat(sentinel.sync().replicas(USER.value())).isEmpty();
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        }
    }

    @Test
    void redisPyFollowsItsInstanceToAnother() throws Exception {
        Process check = new ProcessBuilder("/usr/bin/python3", "-c", "import redis").start();
        assumeTrue(check.waitFor() == 0, "needs redis for Python: apt-get install python3-redis");
        String program = """
            import sys
            from redis.sentinel import Sentinel
            sentinel = Sentinel([('127.0.0.1', %d)], socket_timeout=2)
            master = sentinel.master_for('%s')
            print(master.get('%s').decode(), flush=True)
            sys.stdin.readline()
            for attempt in range(20):
                try:
                    print(master.get('%s').decode(), flush=True)
                    break
                except Exception:
                    pass
            """.formatted(sentinelPort, USER, CALL, CALL);
        Process python = new ProcessBuilder("/usr/bin/python3", "-c", program)
                .redirectErrorStream(true)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(python.getInputStream(), StandardCharsets.UTF_8))) {
            String before = out.readLine();
            assertThat(before).contains("\"code\":0");

            lose(before);
            await().until(() -> router.lookup(USER).json().path("instances").size() == 1);
            python.getOutputStream().write('\n');
            python.getOutputStream().flush();

            assertThat(out.readLine()).contains("\"code\":0").isNotEqualTo(before);
        } finally {
            python.destroy();
        }
    }

    @Test
    void subscribersAreToldOfEachSwitchInBothProtocols() {
        List<String> told = new CopyOnWriteArrayList<>();
        List<Thread> threads = new CopyOnWriteArrayList<>();
        for (RedisProtocol protocol : List.of(RedisProtocol.RESP2, RedisProtocol.RESP3)) {
            Thread thread = new Thread(() -> {
                try (Jedis jedis = new Jedis(
                        new HostAndPort("127.0.0.1", sentinelPort),
                        DefaultJedisClientConfig.builder().protocol(protocol).build())) {
                    jedis.psubscribe(
                            new JedisPubSub() {
                                @Override
                                public void onPMessage(String pattern, String channel, String message) {
                                    told.add(protocol + " " + channel + " " + message);
                                    if (channel.equals("+switch-master")) {
                                        punsubscribe();
                                    }
                                }
                            },
                            "+*");
                }
            });
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        await().until(() -> router.bean(FailoverNews.class).waiting() == 2);

        try (Jedis jedis = new Jedis("127.0.0.1", sentinelPort)) {
            List<String> address = jedis.sentinelGetMasterAddrByName(USER.value());
            boolean isOne = address.get(1).equals(Integer.toString(one.port()));
            lose(isOne ? "one" : "two");
            int next = (isOne ? two : one).port();

            String news = "+switch-master %s 127.0.0.1 %s 127.0.0.1 %d".formatted(USER, address.get(1), next);
            await().untilAsserted(() -> assertThat(told).contains("RESP2 " + news, "RESP3 " + news));
            assertThat(jedis.sentinelGetMasterAddrByName(USER.value())).containsExactly("127.0.0.1", "" + next);
            assertThat(jedis.sentinelGetMasterAddrByName("/service/nobody")).isNull();
            assertThat(jedis.sentinelGetMasterAddrByName("mymaster")).isNull();
        }
        await().until(() -> threads.stream().noneMatch(Thread::isAlive));
        await().until(() -> router.bean(FailoverNews.class).waiting() == 0);
    }
}
