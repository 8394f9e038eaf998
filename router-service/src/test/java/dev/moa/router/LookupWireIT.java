package dev.moa.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.protocol.client.MoaConnection;
import dev.moa.router.nameserver.NameServer;
import dev.moa.router.watch.Watches;
import dev.moa.testkit.redis.RedisProcess;
import io.lettuce.core.RedisClient;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Hashtable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.naming.directory.InitialDirContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code /service/lookup} on the moa port, by frames and by a stock Redis client. */
class LookupWireIT {
    private static final ServiceName LOOKUP = ServiceName.of("/service/lookup");
    private static final ServiceName USER = ServiceName.of("/service/user");
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    @TempDir
    Path directory;

    private RedisProcess redis;
    private RegistryLayout registry;
    private RunningRouter router;
    private MoaConnection connection;
    private int moaPort;

    @BeforeEach
    void start() throws Exception {
        redis = new RedisProcess(directory).start();
        registry = new RegistryLayout(() -> redis.commands(), "e1");
        registry.register(USER, "u1", 6001, "UP");
        try (ServerSocket socket = new ServerSocket(0)) {
            moaPort = socket.getLocalPort();
        }
        router = RunningRouter.start(redis.url(), directory.resolve("snapshots"), "--moa.server.port=" + moaPort);
        await().until(() -> router.lookup(USER).body(), body -> body.contains("\"live\""));
        connection = MoaConnection.open(new InetSocketAddress("127.0.0.1", moaPort), ConnectionOptions.defaults())
                .get(5, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        connection.close();
        router.close();
        redis.close();
    }

    private CompletableFuture<CallResponse> call(String method, String args, long timeoutMs) {
        return connection.call(CallRequest.of(LOOKUP, method, Payload.json(args)), Deadline.afterMillis(timeoutMs));
    }

    private CallResponse now(String method, String args) throws Exception {
        return call(method, args, 3_000).get(5, TimeUnit.SECONDS);
    }

    private static JsonNode result(CallResponse response) {
        return MAPPER.readTree(response.resultOrThrow().text());
    }

    @Test
    void lookupAnswersAsOverHttp() throws Exception {
        CallResponse byPosition = now("lookup", "[\"/service/user\"]");
        CallResponse byName = now("lookup", "{\"service\":\"/service/user\",\"filter\":{\"zone\":\"elsewhere\"}}");

        assertThat(result(byPosition).path("instances").path(0).path("id").asString())
                .isEqualTo("u1");
        assertThat(result(byPosition).path("source").asString()).isEqualTo("live");
        assertThat(result(byName).path("instances").size()).isZero();
        assertThat(result(now("sending", "[\"/service/user\",\"127.0.0.1\",6390]"))
                        .size())
                .isZero();
        assertThat(result(now("watchers", "[\"/service/user\",\"u1\"]")).path(0).asString())
                .isEqualTo("this router itself");
        assertThat(result(now("watchers", "[\"/service/user\",\"left\"]")).size())
                .isZero();
        assertThat(result(now("$describe", "[]")).path("methods").valueStream())
                .extracting(method -> method.path("name").asString())
                .containsExactly("lookup", "sending", "watch", "watchers");
    }

    @Test
    void failuresHaveTheirCodes() throws Exception {
        assertThat(now("lookup", "[\"/service/nobody\"]").code()).isEqualTo(StatusCode.NOT_FOUND);
        assertThat(now("lookup", "[\"nonsense\"]").code()).isEqualTo(StatusCode.INVALID_ARGUMENT);
        assertThat(now("lookup", "[]").code()).isEqualTo(StatusCode.INVALID_ARGUMENT);
        assertThat(now("watch", "[null,[],0]").code()).isEqualTo(StatusCode.INVALID_ARGUMENT);
        assertThat(now("sending", "[\"/service/user\"]").code()).isEqualTo(StatusCode.INVALID_ARGUMENT);
        assertThat(now("nothing", "[]").code()).isEqualTo(StatusCode.UNIMPLEMENTED);
    }

    @Test
    void aWatchAnswersAtOnceWhatIsNewAndThenWhenSomethingChanges() throws Exception {
        JsonNode first = result(now("watch", "[null,[\"/service/user\",\"/service/none\"],5000]"));
        String token = first.path("token").asString();
        assertThat(first.path("answers").path(0).path("revision").asLong()).isEqualTo(1);
        assertThat(first.path("unknown").path(0).asString()).isEqualTo("/service/none");

        CompletableFuture<CallResponse> second =
                call("watch", "[\"%s\",[\"/service/user\",\"/service/none\"],5000]".formatted(token), 6_000);
        await().until(() -> router.bean(Watches.class).waiting() == 1);
        registry.register(USER, "u2", 6002, "UP");

        JsonNode changed = result(second.get(3, TimeUnit.SECONDS));
        assertThat(changed.path("answers").size()).isEqualTo(1);
        assertThat(changed.path("answers").path(0).path("instances").size()).isEqualTo(2);
    }

    @Test
    void aServiceThatAppearsWakesWhoWaitsForIt() throws Exception {
        JsonNode first = result(now("watch", "[null,[\"/service/none\"],0]"));

        CompletableFuture<CallResponse> second = call(
                "watch",
                "[\"%s\",[\"/service/none\"],5000]"
                        .formatted(first.path("token").asString()),
                6_000);
        await().until(() -> router.bean(Watches.class).waiting() == 1);
        registry.register(ServiceName.of("/service/none"), "n1", 6009, "UP");

        assertThat(result(second.get(3, TimeUnit.SECONDS)).path("answers").size())
                .isEqualTo(1);
    }

    @Test
    void aWatchEndsBeforeItsCallersDeadlineAndWithTheSameToken() throws Exception {
        String token = result(now("watch", "[null,[\"/service/user\"],0]"))
                .path("token")
                .asString();

        CallResponse quiet = call("watch", "[\"%s\",[\"/service/user\"],30000]".formatted(token), 800)
                .get(3, TimeUnit.SECONDS);

        assertThat(quiet.code()).isEqualTo(StatusCode.OK);
        assertThat(result(quiet).path("answers").size()).isZero();
        assertThat(result(quiet).path("token").asString()).isEqualTo(token);
    }

    @Test
    void aCancelledWatchIsForgotten() throws Exception {
        String token = result(now("watch", "[null,[\"/service/user\"],0]"))
                .path("token")
                .asString();
        CompletableFuture<CallResponse> watch =
                call("watch", "[\"%s\",[\"/service/user\"],30000]".formatted(token), 30_000);
        await().until(() -> router.bean(Watches.class).waiting() == 1);

        watch.cancel(false);

        await().atMost(Duration.ofSeconds(3))
                .until(() -> router.bean(Watches.class).waiting() == 0);
    }

    @Test
    @SuppressWarnings("BanJNDI") // the JDK's own resolver, which sends and takes no objects here
    void everyServiceHasADnsName() throws Exception {
        Hashtable<String, String> environment = new Hashtable<>();
        environment.put("java.naming.factory.initial", "com.sun.jndi.dns.DnsContextFactory");
        environment.put(
                "java.naming.provider.url",
                "dns://127.0.0.1:" + router.bean(NameServer.class).port());
        InitialDirContext dns = new InitialDirContext(environment);
        registry.register(USER, "u2", 6002, "UP");

        await().until(
                        () -> dns.getAttributes("user.service.moa", new String[] {"SRV"})
                                .get("SRV")
                                .size(),
                        size -> size == 2);
        assertThat(dns.getAttributes("user.service.moa", new String[] {"TXT"})
                        .get("TXT")
                        .get()
                        .toString())
                .contains("revision=2", "epoch=e1", "source=live");
    }

    @Test
    void aStockRedisClientLooksUp() {
        RedisClient client = RedisClient.create("redis://127.0.0.1:" + moaPort);
        try (var open = client.connect()) {
            String reply = open.sync()
                    .get("{\"service\":\"/service/lookup\",\"method\":\"lookup\",\"args\":[\"/service/user\"]}");

            JsonNode json = MAPPER.readTree(reply);
            assertThat(json.path("code").asInt()).isZero();
            assertThat(json.path("result")
                            .path("instances")
                            .path(0)
                            .path("port")
                            .asInt())
                    .isEqualTo(6001);
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        }
    }
}
