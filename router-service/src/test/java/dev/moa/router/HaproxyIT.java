package dev.moa.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.server.MoaPort;
import dev.moa.router.haproxy.HaproxyDriver;
import dev.moa.router.nameserver.NameServer;
import dev.moa.testkit.redis.RedisProcess;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** A real HAProxy, told of changes by its Runtime API and finding them by DNS. */
class HaproxyIT {
    private static final Path PROGRAM = Path.of("/usr/sbin/haproxy");
    private static final Path DEPLOYED = Path.of("../deploy/haproxy");
    /** How often all targets are replaced at once. */
    private static final int REPLACEMENTS = Integer.getInteger("moa.haproxy.replacements", 10);

    private static final ServiceName USER = ServiceName.of("/service/user");
    private static final ServiceName MANY = ServiceName.of("/service/many");
    private static final int MANY_INSTANCES = 2_000;
    private static final String CALL = "{\"service\":\"/service/user\",\"method\":\"who\",\"args\":[]}";

    @TempDir
    Path directory;

    private final Map<String, MoaPort> instances = new HashMap<>();
    private final int pushed = freePort();
    private final int asked = freePort();
    private final int admin = freePort();
    private RedisProcess redis;
    private RegistryLayout registry;
    private RunningRouter router;
    private Process haproxy;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(Files.isExecutable(PROGRAM), "needs HAProxy: apt-get install haproxy");
        redis = new RedisProcess(directory).start();
        registry = new RegistryLayout(() -> redis.commands(), "e1");
        begin("a");
        router = RunningRouter.start(
                redis.url(),
                directory.resolve("snapshots"),
                "--moa.router.haproxy.sockets=127.0.0.1:" + admin,
                "--moa.router.haproxy.backends.users=/service/user",
                "--moa.router.haproxy.resync=200ms");
        Path many = directory.resolve("many.cfg");
        Files.writeString(many, many());
        ProcessBuilder builder = new ProcessBuilder(
                        PROGRAM.toString(),
                        "-db",
                        "-f",
                        DEPLOYED.resolve("services.cfg").toString(),
                        "-f",
                        many.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("haproxy.log").toFile());
        builder.environment()
                .putAll(Map.of(
                        "MOA_HAPROXY_ADMIN", "ipv4@127.0.0.1:" + admin,
                        "MOA_ROUTER_DNS",
                                "127.0.0.1:" + router.bean(NameServer.class).port(),
                        "MOA_USERS", "127.0.0.1:" + pushed,
                        "MOA_USERS_BY_DNS", "127.0.0.1:" + asked));
        haproxy = builder.start();
    }

    @AfterEach
    void stop() throws Exception {
        if (haproxy != null) {
            haproxy.destroy();
        }
        if (router != null) {
            router.close();
        }
        if (redis != null) {
            redis.close();
        }
        instances.values().forEach(MoaPort::close);
    }

    /** What the file of the deployment does not have: a service of many instances. */
    private static String many() {
        return """
            defaults
                mode tcp
                timeout connect 1s
                timeout client 1m
                timeout server 1m
            backend many-by-dns
                balance roundrobin
                server-template many %d _resp._tcp.many.service.moa resolvers moa init-addr none
            """.formatted(MANY_INSTANCES);
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void begin(String name) {
        MoaPort port = MoaPort.builder((request, call) -> CompletableFuture.completedFuture(
                        CallResponse.success(request.id(), Payload.json("\"" + name + "\""))))
                .port(0)
                .build()
                .start();
        instances.put(name, port);
        registry.register(USER, name, port.port(), "UP");
    }

    private void end(String name) {
        registry.remove(USER, name, "graceful");
    }

    /** Calls over connections of their own; returns who answered. */
    private static Set<String> callers(int frontend, int calls) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < calls; i++) {
            try (Jedis jedis = new Jedis("127.0.0.1", frontend)) {
                String reply = jedis.get(CALL);
                names.add(reply.substring(reply.lastIndexOf(':') + 2, reply.length() - 2));
            }
        }
        return names;
    }

    /** Calls one after the other, each over a connection of its own. */
    private static final class Caller implements AutoCloseable {
        final AtomicInteger failures = new AtomicInteger();
        final AtomicInteger calls = new AtomicInteger();
        private final AtomicBoolean isOver = new AtomicBoolean();
        private final Thread thread;

        Caller(int frontend) {
            thread = new Thread(() -> {
                while (!isOver.get()) {
                    try {
                        callers(frontend, 1);
                    } catch (RuntimeException e) {
                        failures.incrementAndGet();
                    }
                    calls.incrementAndGet();
                }
            });
            thread.start();
        }

        @Override
        public void close() throws InterruptedException {
            isOver.set(true);
            thread.join();
        }
    }

    private String runtime(String command) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", admin)) {
            socket.setSoTimeout(3_000);
            socket.getOutputStream().write((command + "\n").getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private long serversWithAddress(String backend) throws IOException {
        return runtime("show servers state " + backend)
                .lines()
                .filter(line -> line.contains(" " + backend + " "))
                .map(line -> line.split(" "))
                .filter(fields -> !fields[4].equals("-") && fields[5].equals("2"))
                .count();
    }

    @Test
    void aBackendFollowsItsServiceWithoutEverBeingEmpty() throws Exception {
        await().ignoreExceptions().until(() -> callers(pushed, 1), Set.of("a")::equals);
        HaproxyDriver driver = router.bean(HaproxyDriver.class);
        int first = instances.get("a").port();
        assertThat(driver.sendingTo(USER, "127.0.0.1", first)).containsExactly("127.0.0.1:" + admin + " users");
        Caller caller = new Caller(pushed);

        // all targets are replaced at once, again and again
        Set<String> before = Set.of("a");
        for (int round = 0; round < REPLACEMENTS; round++) {
            Set<String> after = new TreeSet<>();
            for (int i = 0; i < 2; i++) {
                String name = "r" + round + "i" + i;
                begin(name);
                after.add(name);
            }
            before.forEach(this::end);
            await().pollInterval(Duration.ofMillis(20)).until(() -> callers(pushed, 4), after::equals);
            before = after;
        }
        System.out.printf(
                "HAProxy: all targets replaced %d times, %d calls, %d failed%n",
                REPLACEMENTS, caller.calls.get(), caller.failures.get());
        int callsByThen = caller.calls.get();
        before.forEach(this::end);
        await().until(() -> router.lookup(USER).json().path("instances").isEmpty());
        await().until(() -> caller.calls.get() > callsByThen + 20);
        caller.close();

        assertThat(caller.failures).hasValue(0);
        assertThat(driver.problems()).isEmpty();
        assertThat(driver.sendingTo(USER, "127.0.0.1", first))
                .as("for whoever drains it")
                .isEmpty();
        await().untilAsserted(() -> assertThat(runtime("show servers state users")
                        .lines()
                        .filter(line -> line.contains("moa-"))
                        .count())
                .as("those who left are deleted; of the last two, gone one by one or both at once, one or both stay")
                .isBetween(1L, 2L));
    }

    @Test
    void theFilesOfTheDeploymentAreValid() throws Exception {
        for (String file : List.of("haproxy.cfg", "services.cfg")) {
            Process check = new ProcessBuilder(
                            PROGRAM.toString(),
                            "-c",
                            "-f",
                            DEPLOYED.resolve(file).toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(check.waitFor()).as(said).isZero();
        }
    }

    @Test
    void serverTemplatesFollowTheServiceByDnsWithoutEverBeingEmpty() throws Exception {
        await().atMost(Duration.ofSeconds(15)).ignoreExceptions().until(() -> callers(asked, 1), Set.of("a")::equals);
        Caller caller = new Caller(asked);

        // all targets, which are one, are replaced at once; who has left goes on to serve
        String before = "a";
        for (String next : List.of("b", "c", "d")) {
            begin(next);
            end(before);
            await().atMost(Duration.ofSeconds(15)).until(() -> callers(asked, 2).contains(next));
            before = next;
        }
        await().atMost(Duration.ofSeconds(15)).until(() -> callers(asked, 3), Set.of("d")::equals);
        end("d");
        await().until(() -> router.lookup(USER).json().path("instances").isEmpty());
        int callsByThen = caller.calls.get();
        await().until(() -> caller.calls.get() > callsByThen + 20);
        caller.close();

        assertThat(caller.failures).hasValue(0);
        assertThat(Files.readString(directory.resolve("haproxy.log")))
                .contains("Server users-by-dns/user1 is going DOWN for maintenance")
                .doesNotContain("backend users-by-dns has no server available");
    }

    @Test
    void twoThousandInstancesArriveByDnsOverTcp() {
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < MANY_INSTANCES; i++) {
            ports.add(10_000 + i);
        }
        ports.forEach(port -> registry.register(MANY, "m" + port, port, "UP"));

        await().atMost(Duration.ofSeconds(30))
                .until(() -> serversWithAddress("many-by-dns"), count -> count == MANY_INSTANCES);
    }
}
