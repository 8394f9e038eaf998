package dev.moa.registry;

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
import dev.moa.testkit.redis.RedisProcess;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The registry by its moa port: writes that are gathered, watches by SUBSCRIBE. */
class MoaPortIT {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Pattern CHANGE = Pattern.compile("\"revision\":(\\d+),\"type\"");
    private static RedisProcess redis;
    private static RegistryApp app;
    private static MoaConnection connection;

    @BeforeAll
    static void start(@TempDir Path data) throws Exception {
        redis = new RedisProcess(RedisProcess.embeddedBinary(), data).start();
        app = new RegistryApp(redis.url());
        connection = MoaConnection.open(new InetSocketAddress("127.0.0.1", app.moaPort()), ConnectionOptions.defaults())
                .get(5, TimeUnit.SECONDS);
    }

    @AfterAll
    static void stop() {
        connection.close();
        app.close();
        redis.close();
    }

    @Test
    void manyRegistrationsAtOnceAreAnsweredEachByItself() throws Exception {
        List<CompletableFuture<CallResponse>> answers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            String body = i % 10 == 0
                    ? registration("/service/at-once/bad", 0)
                    : registration("/service/at-once/good", 7_000 + i);
            answers.add(call("register", "[" + body + "]"));
        }

        for (int i = 0; i < 200; i++) {
            CallResponse answer = answers.get(i).get(10, TimeUnit.SECONDS);
            assertThat(answer.code()).isEqualTo(i % 10 == 0 ? StatusCode.INVALID_ARGUMENT : StatusCode.OK);
        }
        JsonNode listed = app.get("/v1/instances?service=/service/at-once/good").json();
        assertThat(listed.get("instances")).hasSize(180);
        assertThat(listed.get("revision").longValue()).isEqualTo(180);
        assertThat(app.get("/v1/changes?service=/service/at-once/good").json().get("changes"))
                .hasSize(180);
    }

    @Test
    void renewalsOfManyAtOnceAreAnsweredEachByItself() throws Exception {
        JsonNode first = registered("/service/renewed", 7_001);
        JsonNode second = registered("/service/renewed", 7_002);
        String good =
                lease(first.get("id").stringValue(), first.get("incarnation").longValue());
        String stale =
                lease(second.get("id").stringValue(), second.get("incarnation").longValue() - 1);
        String unknown = lease(second.get("id").stringValue() + "x", 7);
        List<CompletableFuture<CallResponse>> answers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            answers.add(call("renew", "[[%s,%s]]".formatted(good, stale)));
            answers.add(call("renew", "[[%s]]".formatted(unknown)));
            answers.add(call("renew", "[\"no leases\"]"));
        }

        for (int i = 0; i < answers.size(); i += 3) {
            JsonNode mixed = result(answers.get(i));
            assertThat(mixed.get("renewed")).hasSize(1);
            assertThat(mixed.get("stale").get(0).get("current").longValue())
                    .isEqualTo(second.get("incarnation").longValue());
            assertThat(result(answers.get(i + 1)).get("unknown")).hasSize(1);
            assertThat(answers.get(i + 2).get(10, TimeUnit.SECONDS).code()).isEqualTo(StatusCode.INVALID_ARGUMENT);
        }
    }

    @Test
    void manyAreRegisteredInOneCallAndOneRefusalIsNobodyElses() throws Exception {
        JsonNode results = result(call(
                        "registerAll",
                        "[[%s,%s]]"
                                .formatted(registration("/service/all/a", 7_001), registration("/service/all/b", 0))))
                .get("results");

        assertThat(results.get(0).get("registered").get("service").stringValue())
                .isEqualTo("/service/all/a");
        assertThat(results.get(1).get("problem").get("error").stringValue()).isEqualTo("INVALID_ARGUMENT");
        assertThat(results.get(1).get("problem").get("message").stringValue()).contains("port");
    }

    @Test
    void subscriberIsToldOfASnapshotAndThenOfChanges() throws Exception {
        registered("/service/told/a", 7_001);
        try (Subscriber subscriber = new Subscriber()) {
            subscriber.say("SUBSCRIBE", "/service/told/a", "/service/told/b");
            await().until(() -> subscriber.heard().split("\"snapshot\"", -1).length == 3);
            assertThat(subscriber.heard())
                    .startsWith("*3\r\n$9\r\nsubscribe\r\n$15\r\n/service/told/a\r\n:1\r\n")
                    .contains("$9\r\nsubscribe\r\n$15\r\n/service/told/b\r\n:2\r\n")
                    .contains("*3\r\n$7\r\nmessage\r\n$15\r\n/service/told/a\r\n");

            registered("/service/told/a", 7_002);
            await().until(() -> subscriber.heard().contains("\"type\":\"REGISTERED\""));

            subscriber.say("PING");
            await().until(() -> subscriber.heard().contains("*2\r\n$4\r\npong\r\n"));
            subscriber.say("UNSUBSCRIBE", "/service/told/b");
            await().until(() -> subscriber.heard().contains("unsubscribe\r\n$15\r\n/service/told/b\r\n:1\r\n"));
            registered("/service/told/b", 7_003);
            registered("/service/told/a", 7_004);
            await().until(() -> subscriber.heard().contains("\"port\":7004"));
            assertThat(subscriber.heard()).doesNotContain("\"port\":7003");
        }
        await().until(() -> watches() == 0);
    }

    @Test
    void changesOfManyAtOnceAreToldEachOnceAndInOrder() throws Exception {
        registered("/service/ordered", 6_999);
        try (Subscriber subscriber = new Subscriber()) {
            subscriber.say("SUBSCRIBE", "/service/ordered");
            await().until(() -> subscriber.heard().contains("\"snapshot\""));

            List<CompletableFuture<CallResponse>> answers = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                answers.add(call("register", "[" + registration("/service/ordered", 7_000 + i) + "]"));
            }
            for (CompletableFuture<CallResponse> each : answers) {
                result(each);
            }

            await().until(() -> revisions(subscriber.heard()).size() >= 300);
            assertThat(revisions(subscriber.heard()))
                    .isEqualTo(LongStream.rangeClosed(2, 301).boxed().toList());
        }
    }

    private static List<Long> revisions(String heard) {
        return CHANGE.matcher(heard)
                .results()
                .map(change -> Long.parseLong(change.group(1)))
                .toList();
    }

    @Test
    void instancesThatRedisLostAreNoEmptyList() throws Exception {
        registered("/service/lost", 7_001);

        redis.commands().del(redis.commands().keys("moa:{/service/lost}:*").toArray(String[]::new));
        CallResponse answer = call("instances", "[\"/service/lost\"]").get(10, TimeUnit.SECONDS);

        assertThat(answer.code()).isEqualTo(StatusCode.UNAVAILABLE);
        assertThat(answer.message()).contains("/service/lost", "Redis lost its data");
    }

    @Test
    void watchOfMuchIsToldToOneWhoReadsItLate() throws Exception {
        String big = IntStream.range(0, 15)
                .mapToObj(i -> "\"k%d\":\"%s\"".formatted(i, "x".repeat(1_000)))
                .collect(Collectors.joining(",", ",\"metadata\":{", "}}"));
        List<String> services =
                IntStream.range(0, 500).mapToObj(i -> "/service/much/" + i).toList();
        for (int from = 0; from < services.size(); from += 50) {
            result(call(
                    "registerAll",
                    services.subList(from, from + 50).stream()
                            .flatMap(service -> Stream.of(registration(service, 7_001), registration(service, 7_002)))
                            .map(registration -> registration.replaceFirst("}$", big))
                            .collect(Collectors.joining(",", "[[", "]]"))));
        }

        try (Socket late = new Socket()) {
            late.setReceiveBufferSize(4_096);
            late.setSoTimeout(10_000);
            late.connect(new InetSocketAddress("127.0.0.1", app.moaPort()));
            List<String> words = new ArrayList<>(services);
            words.add(0, "SUBSCRIBE");
            late.getOutputStream().write(command(words.toArray(String[]::new)));
            // until much more than one who does not read is granted would wait, and the kernel holds its share
            await().pollDelay(Duration.ofSeconds(1)).until(() -> true);

            assertThat(snapshots(late.getInputStream(), services.size())).isEqualTo(services.size());
        }
        await().until(() -> watches() == 0);
    }

    /** Reads until so many snapshots have come, or the connection has ended; returns how many. */
    private static int snapshots(InputStream in, int most) throws IOException {
        int snapshots = 0;
        String rest = "";
        byte[] bytes = new byte[65_536];
        for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
            String[] parts = (rest + new String(bytes, 0, length, StandardCharsets.UTF_8)).split("\"snapshot\"", -1);
            snapshots += parts.length - 1;
            if (snapshots >= most) {
                return snapshots;
            }
            String last = parts[parts.length - 1];
            rest = last.substring(Math.max(0, last.length() - "\"snapshot\"".length() + 1));
        }
        return snapshots;
    }

    @Test
    void nameThatIsNoneIsRefused() throws Exception {
        try (Subscriber subscriber = new Subscriber()) {
            subscriber.say("SUBSCRIBE", "news");

            await().until(() -> subscriber.heard().startsWith("-ERR service: 'news' (expected: "));
        }
    }

    @Test
    void connectionThatSubscribesAgainAndAgainIsStoppedBeforeItTakesThePlacesOfAll() throws Exception {
        try (Subscriber subscriber = new Subscriber()) {
            for (int i = 0; i < 51; i++) {
                subscriber.say("SUBSCRIBE", "/service/told/one-" + i);
            }

            await().until(() -> subscriber.heard().contains("-ERR SUBSCRIBEs of this connection: 51 (limit: 50)"));
            assertThat(watches()).isEqualTo(50);

            subscriber.say("UNSUBSCRIBE", "/service/told/one-0");
            subscriber.say("SUBSCRIBE", "/service/told/two-1", "/service/told/two-2");
            await().until(() -> subscriber.heard().contains("/service/told/two-2\r\n:51\r\n"));
        }
        await().until(() -> watches() == 0);
    }

    // a process that stops reading is cut off and costs the others nothing
    @Test
    void subscriberThatDoesNotReadIsCutOffAndTheOthersAreTold() throws Exception {
        String big = "\"metadata\":{" + "\"k%d\":\"" + "x".repeat(1_000) + "\"}";
        try (Socket slow = new Socket();
                Subscriber quick = new Subscriber()) {
            slow.setReceiveBufferSize(4_096);
            slow.connect(new InetSocketAddress("127.0.0.1", app.moaPort()));
            slow.getOutputStream().write(command("SUBSCRIBE", "/service/told/slow"));
            quick.say("SUBSCRIBE", "/service/told/slow");
            await().until(() -> quick.heard().contains("\"snapshot\""));
            String id = registered("/service/told/slow", 7_000).get("id").stringValue();

            for (int i = 0; i < 500; i++) {
                result(call(
                        "register",
                        "[{\"id\":\"%s\",\"service\":\"/service/told/slow\",\"host\":\"127.0.0.1\",\"port\":%d,%s}]"
                                .formatted(id, 7_001 + i, big.formatted(i))));
            }

            await().until(() -> quick.heard().contains("\"port\":7500"));
        }
        await().atMost(Duration.ofSeconds(5)).until(() -> watches() == 0);
    }

    private static double watches() {
        return HttpText.get(app.uri("/actuator/prometheus"))
                .lines()
                .filter(line -> line.startsWith("moa_registry_watch_subscribers "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
                .sum();
    }

    private static CompletableFuture<CallResponse> call(String method, String arguments) {
        return connection.call(
                CallRequest.of(ServiceName.of("/service/registry"), method, Payload.json(arguments)),
                Deadline.afterMillis(10_000));
    }

    private static JsonNode result(CompletableFuture<CallResponse> answer) throws Exception {
        return JSON.readTree(answer.get(10, TimeUnit.SECONDS).resultOrThrow().text());
    }

    private static JsonNode registered(String service, int port) throws Exception {
        return result(call("register", "[" + registration(service, port) + "]"));
    }

    private static String registration(String service, int port) {
        return "{\"service\":\"%s\",\"host\":\"127.0.0.1\",\"port\":%d,\"ttlSeconds\":30}".formatted(service, port);
    }

    private static String lease(String id, long incarnation) {
        return "{\"id\":\"%s\",\"incarnation\":%d}".formatted(id, incarnation);
    }

    private static byte[] command(String... words) {
        StringBuilder command = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            command.append('$')
                    .append(word.length())
                    .append("\r\n")
                    .append(word)
                    .append("\r\n");
        }
        return command.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** A RESP2 client that keeps what it hears. */
    private static final class Subscriber implements AutoCloseable {
        private final Socket socket = new Socket("127.0.0.1", app.moaPort());
        private final StringBuffer heard = new StringBuffer();

        Subscriber() throws IOException {
            Thread reader = new Thread(this::read, "test-subscriber");
            reader.setDaemon(true);
            reader.start();
        }

        void say(String... words) throws IOException {
            socket.getOutputStream().write(command(words));
        }

        String heard() {
            return heard.toString();
        }

        private void read() {
            try (InputStream in = socket.getInputStream()) {
                byte[] bytes = new byte[8_192];
                for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
                    heard.append(new String(bytes, 0, length, StandardCharsets.UTF_8));
                }
            } catch (IOException closed) {
                heard.append("closed");
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
