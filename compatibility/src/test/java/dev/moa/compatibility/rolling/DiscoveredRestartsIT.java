package dev.moa.compatibility.rolling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.compatibility.Need;
import dev.moa.compatibility.NodePackages;
import dev.moa.testkit.MoaExtension;
import dev.moa.testkit.RunningMoa;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.protocol.ProtocolVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisSentinelClient;

/**
 * The SDK, which asks a router, stock clients that find the service by Sentinel, and callers behind an HAProxy that is
 * told of changes lose no call when instances are restarted in turn, each at another port than before; behind one that
 * asks DNS, few. By hand: {@code ./moa chaos rolling --rounds 100}.
 */
class DiscoveredRestartsIT {

    private static final int ROUNDS = Integer.getInteger("moa.rolling.rounds", 20);
    private static final boolean PROCESSES = Boolean.getBoolean("moa.rolling.processes");
    private static final int INSTANCES = 3;
    private static final String BY_DNS = "HAProxy by DNS";
    private static final int ADMIN = freePort();
    private static final int PUSHED = freePort();
    private static final int ASKED = freePort();

    @RegisterExtension
    static final MoaExtension PLATFORM = MoaExtension.builder()
            .apps("registry", "router")
            .hasKafka(false)
            .isShared(false)
            .setting("router", "moa.router.haproxy.sockets", "127.0.0.1:" + ADMIN)
            .setting(
                    "router",
                    "moa.router.haproxy.backends." + HaproxyProcess.BACKEND,
                    RollingInstance.SERVICE.toString())
            .setting("router", "moa.router.haproxy.resync", "200ms")
            .build();

    @Test
    void restartsInTurnFailNoCallOfThoseWhoDiscover() throws Exception {
        Need.NODE.assume();
        Need.PHPREDIS.assume();
        Need.REDIS_PY.assume();
        Need.HAPROXY.assume();
        NodePackages.install();
        RunningMoa moa = PLATFORM.moa();
        int router = moa.moaPort("router");
        int dns = moa.platform().addresses().port("router", "dns");
        RollingRestarts rolling;
        long began;
        try (Fleet fleet = new Fleet(INSTANCES, PROCESSES, moa.registryUrl());
                HaproxyProcess haproxy = new HaproxyProcess(Path.of("target/haproxy"), ADMIN, dns, PUSHED, ASKED);
                RollingRestarts callers = new RollingRestarts(fleet)) {
            awaitListed(moa);
            rolling = callers;
            callers.addSdk(router);
            addSentinelCallers(callers, router);
            addHaproxyCallers(callers, "HAProxy told", PUSHED);
            addHaproxyCallers(callers, BY_DNS, ASKED);
            began = System.nanoTime();

            callers.run(ROUNDS, () -> awaitListed(moa));
        }
        System.out.printf(
                "%d restarts of %d %s in %.1f s%n",
                ROUNDS, INSTANCES, PROCESSES ? "processes" : "ports", (System.nanoTime() - began) / 1e9);
        rolling.tallies()
                .forEach((name, tally) -> System.out.printf(
                        "  %-32s %7d calls, %d failed %s%n", name, tally.good(), tally.failed(), tally.failures()));

        assertThat(rolling.tallies()).allSatisfy((name, tally) -> {
            if (name.startsWith(BY_DNS)) {
                // asked once a second, HAProxy may know none of three that were restarted within that second
                assertThat(tally.failed() * 100.0 / (tally.good() + tally.failed()))
                        .as(name + ", % failed")
                        .isLessThan(5);
            } else {
                assertThat(tally.failures()).as(name).isEmpty();
            }
            assertThat(tally.good()).as(name).isGreaterThan(ROUNDS * 20L);
        });
    }

    private static void addSentinelCallers(RollingRestarts callers, int router) throws IOException {
        RedisSentinelClient jedis = RedisSentinelClient.builder()
                .masterName(RollingInstance.SERVICE.value())
                .sentinels(Set.of(new HostAndPort("127.0.0.1", router)))
                .build();
        callers.add("Sentinel, Jedis 8", jedis, () -> jedis.get(RollingInstance.CALL));
        RedisClient lettuce =
                RedisClient.create(RedisURI.Builder.sentinel("127.0.0.1", router, RollingInstance.SERVICE.value())
                        .build());
        RedisCommands<String, String> commands = lettuce.connect().sync();
        callers.add("Sentinel, Lettuce 7", lettuce::shutdown, () -> commands.get(RollingInstance.CALL));
        List<Integer> ports = List.of(router);
        for (String client : List.of("redis5", "redis6", "ioredis5", "ioredis6")) {
            callers.addProgram(
                    "Sentinel, " + client.replaceFirst("^redis", "node-redis"),
                    List.of("node", "target/clients/node/sentinel.js", client),
                    ports);
        }
        callers.addProgram("Sentinel, phpredis", List.of("php", "src/test/clients/sentinel.php"), ports);
        callers.addProgram("Sentinel, redis-py 4", List.of("/usr/bin/python3", "src/test/clients/sentinel.py"), ports);
    }

    private static void addHaproxyCallers(RollingRestarts callers, String how, int port) {
        await().ignoreExceptions().until(() -> callOnce(port), RollingInstance.REPLY::equals);
        callers.add(how + ", a connection a call", () -> {}, () -> callOnce(port));
        // with RESP 3 it would be told to go to an instance itself
        RedisClient lettuce = RedisClient.create(RedisURI.create("127.0.0.1", port));
        lettuce.setOptions(
                ClientOptions.builder().protocolVersion(ProtocolVersion.RESP2).build());
        RedisCommands<String, String> commands = lettuce.connect().sync();
        commands.setTimeout(Duration.ofSeconds(5));
        callers.add(how + ", Lettuce 7", lettuce::shutdown, () -> commands.get(RollingInstance.CALL));
    }

    private static String callOnce(int port) {
        try (Jedis jedis = new Jedis("127.0.0.1", port)) {
            return jedis.get(RollingInstance.CALL);
        }
    }

    /** Waits until the router tells of all instances. */
    private static void awaitListed(RunningMoa moa) {
        HttpRequest lookup = HttpRequest.newBuilder(
                        URI.create(moa.http("router") + "/v1/lookup?service=" + RollingInstance.SERVICE))
                .timeout(Duration.ofSeconds(5))
                .build();
        HttpClient http = HttpClient.newHttpClient();
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptions()
                .until(() -> http.send(lookup, HttpResponse.BodyHandlers.ofString())
                                .body()
                                .split("\"status\":\"UP\"", -1)
                                .length
                        == INSTANCES + 1);
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
