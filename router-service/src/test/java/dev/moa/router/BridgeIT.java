package dev.moa.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.ServiceName;
import dev.moa.router.address.Finding;
import dev.moa.router.bridge.ForeignSource;
import dev.moa.router.dns.DnsProperties;
import dev.moa.router.dns.DnsSource;
import dev.moa.router.nameserver.NameServer;
import dev.moa.router.sentinel.FailoverNews;
import dev.moa.router.watch.Watches;
import dev.moa.testkit.redis.RedisProcess;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.annotation.Bean;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPubSub;

/** The bridge of docs/routing.md: what it is told reaches every face at once. */
class BridgeIT {
    private static final ServiceName PAY = ServiceName.of("/service/pay");

    @TempDir
    Path directory;

    private RedisProcess redis;
    private RunningRouter router;
    private ForeignSource foreign;
    private int moaPort;

    /** What an auto-configuration in a jar of its own has. */
    static class Bridge {
        @Bean
        ForeignSource foreignSource() {
            ForeignSource source = new ForeignSource();
            source.told("pay", List.of(InetSocketAddress.createUnresolved("10.0.0.1", 7_001)));
            return source;
        }
    }

    @BeforeEach
    void start() throws Exception {
        redis = new RedisProcess(directory).start();
        try (ServerSocket socket = new ServerSocket(0)) {
            moaPort = socket.getLocalPort();
        }
        router = RunningRouter.start(
                Bridge.class, redis.url(), directory.resolve("snapshots"), "--moa.server.port=" + moaPort);
        foreign = router.bean(ForeignSource.class);
    }

    @AfterEach
    void stop() throws Exception {
        router.close();
        redis.close();
    }

    @Test
    void aPushReachesLongPollsSentinelSubscribersAndDnsWithoutAQuestion() throws Exception {
        RunningRouter.Reply before = router.lookup(PAY);
        assertThat(before.json().path("source").asString()).isEqualTo("foreign");
        assertThat(router.get("/v1/services").body()).contains(PAY.value());
        assertThat(router.get("/v1/sources").body()).contains("\"foreign\"");
        CompletableFuture<RunningRouter.Reply> poll = CompletableFuture.supplyAsync(() ->
                // longer than the test's client waits for an answer
                router.get("/v1/lookup?service=/service/pay&waitMs=20000", "If-None-Match", before.etag()));
        List<String> told = new CopyOnWriteArrayList<>();
        Thread subscriber = subscriber(told);
        await().until(() -> router.bean(FailoverNews.class).waiting() == 1
                && router.bean(Watches.class).waiting() == 1);

        foreign.told("pay", List.of(InetSocketAddress.createUnresolved("10.0.0.2", 7_002)));

        assertThat(poll.get().json().path("instances").path(0).path("port").asInt())
                .isEqualTo(7_002);
        subscriber.join(10_000);
        assertThat(told).contains("+switch-master /service/pay 10.0.0.1 7001 10.0.0.2 7002");
        try (DnsSource names = new DnsSource(new DnsProperties(
                List.of("127.0.0.1:" + router.bean(NameServer.class).port()), "moa", 0, Duration.ofSeconds(1)))) {
            assertThat(names.find(PAY, Deadline.afterMillis(5_000)))
                    .isInstanceOfSatisfying(
                            Finding.Answered.class,
                            answered -> assertThat(answered.view().instances())
                                    .extracting(instance -> instance.address())
                                    .containsExactly("10.0.0.2:7002"));
        }
    }

    private Thread subscriber(List<String> told) {
        Thread thread = new Thread(() -> {
            try (Jedis jedis = new Jedis("127.0.0.1", moaPort)) {
                jedis.subscribe(
                        new JedisPubSub() {
                            @Override
                            public void onMessage(String channel, String message) {
                                told.add(channel + " " + message);
                                unsubscribe();
                            }
                        },
                        "+switch-master");
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
