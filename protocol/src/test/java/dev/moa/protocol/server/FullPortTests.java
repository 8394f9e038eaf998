package dev.moa.protocol.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.CallHandler;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.protocol.client.MoaConnection;
import java.lang.ref.WeakReference;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a port holds for callers by RESP and HTTP is bounded, for one of them and for all together. */
class FullPortTests {

    private static final int KIB = 1_024;
    private static final int MIB = 1 << 20;

    private final Queue<CompletableFuture<CallResponse>> held = new ConcurrentLinkedQueue<>();
    private final CallHandler holding = (request, call) -> {
        CompletableFuture<CallResponse> answer = new CompletableFuture<>();
        held.add(answer);
        return answer;
    };
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private @Nullable MoaPort port;

    @AfterEach
    void stop() {
        if (port != null) {
            port.close();
        }
    }

    @Test
    void answersBehindASlowOneAreLetGoOfBeyondTheLimit() throws Exception {
        start(PortLimits.defaults().withWaiting(64 * KIB, MIB));
        try (RawClient caller = new RawClient(port.port())) {
            for (int i = 0; i < 100; i++) {
                caller.command("GET", call(10));
            }
            await().until(() -> held.size() == 100);
            CompletableFuture<CallResponse> first = held.remove();

            List<WeakReference<byte[]>> answers = new ArrayList<>();
            for (CompletableFuture<CallResponse> each = held.poll(); each != null; each = held.poll()) {
                byte[] body = new byte[64 * KIB];
                Arrays.fill(body, (byte) '1');
                answers.add(new WeakReference<>(body));
                each.complete(CallResponse.success(null, Payload.json(body)));
            }

            await().untilAsserted(() -> {
                System.gc();
                assertThat(answers.stream().filter(each -> each.get() != null).count())
                        .isLessThanOrEqualTo(MIB / (64 * KIB) + 1);
            });
            // it is not read from while so much waits; what it sends now is taken when that is gone
            caller.command("GET", call(10));
            first.complete(CallResponse.success(null, Payload.json("1")));
            assertThat(caller.reply()).isEqualTo("{\"code\":0,\"result\":1}");
            List<String> replies = new ArrayList<>();
            for (int i = 0; i < 99; i++) {
                replies.add((String) caller.reply());
            }
            assertThat(replies)
                    .filteredOn(reply -> reply.contains("\"result\""))
                    .hasSize(16);
            assertThat(replies)
                    .filteredOn(reply -> !reply.contains("\"result\""))
                    .hasSize(83)
                    .allMatch(reply -> reply.contains(
                            "1048576 bytes of answers wait for this caller to read them (limit 1048576)"));
            await().until(() -> !held.isEmpty());
            answerAll("2");
            assertThat(caller.reply()).isEqualTo("{\"code\":0,\"result\":2}");
        }
        await().until(() -> port.inFlight() == 0);
    }

    @Test
    void answersThatWaitOnAllConnectionsAreBoundedTogether() throws Exception {
        start(PortLimits.defaults().withMaxInFlightBytes(256 * KIB));
        try (RawClient one = new RawClient(port.port());
                RawClient other = new RawClient(port.port())) {
            List<CompletableFuture<CallResponse>> ofOne = calls(one, 3);
            List<CompletableFuture<CallResponse>> ofOther = calls(other, 3);
            String body = "\"" + "x".repeat(100_000 - 2) + "\"";

            for (CompletableFuture<CallResponse> each :
                    List.of(ofOne.get(1), ofOne.get(2), ofOther.get(1), ofOther.get(2))) {
                each.complete(CallResponse.success(null, Payload.json(body)));
            }
            ofOther.get(0).complete(CallResponse.success(null, Payload.json("1")));

            assertThat((String) other.reply()).contains("\"result\":1");
            // one answer may always wait
            assertThat((String) other.reply()).contains("\"result\"").hasSizeGreaterThan(100_000);
            assertThat((String) other.reply())
                    .contains("300000 bytes of answers wait at this port for its callers to read them (limit 262144)");
        }
        await().until(() -> port.inFlight() == 0);
        try (RawClient again = new RawClient(port.port())) {
            List<CompletableFuture<CallResponse>> calls = calls(again, 3);
            for (int i = 2; i >= 0; i--) {
                calls.get(i).complete(CallResponse.success(null, Payload.json("\"" + "y".repeat(80_000) + "\"")));
            }
            for (int i = 0; i < 3; i++) {
                assertThat((String) again.reply()).contains("\"result\"");
            }
        }
    }

    @Test
    void fullPortRefusesWhatComesByRespAndHttp() throws Exception {
        start(PortLimits.defaults().withMaxInFlightBytes(64 * KIB));
        String refusal = "bytes of requests are in flight at this port (limit 65536; call another instance or later)";
        CompletableFuture<HttpResponse<String>> running = post(70_000);
        await().until(() -> held.size() == 1);
        try (RawClient caller = new RawClient(port.port())) {
            caller.command("GET", call(10));
            caller.command("MGET", call(10), call(10));

            assertThat((String) caller.reply()).contains("\"code\":8", refusal);
            assertThat(caller.reply())
                    .asInstanceOf(LIST)
                    .hasSize(2)
                    .allMatch(each -> ((String) each).contains(refusal));
            HttpResponse<String> refused = post(10).get(10, TimeUnit.SECONDS);
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.body()).contains(refusal);

            answerAll("1");
            assertThat(running.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            caller.command("GET", call(70_000));
            await().until(() -> held.size() == 1);
            assertThat(post(10).get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(429);
            answerAll("1");
            assertThat((String) caller.reply()).contains("\"result\":1");
        }
        CompletableFuture<HttpResponse<String>> after = post(10);
        await().until(() -> held.size() == 1);
        answerAll("1");
        assertThat(after.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }

    @Test
    void fullPortRefusesLongCommandsBeforeTheyAreWhole() throws Exception {
        start(PortLimits.defaults().withMaxInFlightBytes(256 * KIB));
        try (RawClient one = new RawClient(port.port());
                RawClient other = new RawClient(port.port())) {
            // two commands of which each alone would fit, and neither ends
            one.raw("*2\r\n$3\r\nGET\r\n$1000000\r\n" + "x".repeat(400_000));
            await().until(() -> inputBytes(one) >= 400_000);
            other.raw("*2\r\n$3\r\nGET\r\n$1000000\r\n" + "x".repeat(100_000));

            assertThat((String) other.reply()).startsWith("-ERR ").contains("at this port (limit 262144");
            assertThat(other.isAtEnd()).isTrue();
        }
        await().until(() -> port.connections() == 0);
        try (RawClient after = new RawClient(port.port())) {
            after.command("GET", call(100_000));
            await().until(() -> held.size() == 1);
            answerAll("1");
            assertThat((String) after.reply()).contains("\"result\":1");
        }
    }

    @Test
    void fullPortRefusesALongFrameAndNothingWorse() throws Exception {
        start(PortLimits.defaults().withMaxInFlightBytes(256 * KIB));
        try (MoaConnection caller = MoaConnection.open(
                                new InetSocketAddress("127.0.0.1", port.port()), ConnectionOptions.defaults())
                        .get(5, TimeUnit.SECONDS);
                RawClient filling = new RawClient(port.port())) {
            CompletableFuture<CallResponse> first = caller.call(request(10), Deadline.afterMillis(60_000));
            await().until(() -> held.size() == 1);
            fill(filling);

            CallResponse refusal =
                    caller.call(request(200_000), Deadline.afterMillis(60_000)).get(5, TimeUnit.SECONDS);

            assertThat(refusal.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
            assertThat(refusal.message()).contains("at this port (limit 262144");
            assertThat(caller.isOpen()).isTrue();
            assertThat(caller.isGoingAway()).isFalse();
            answerAll("1");
            assertThat(first.get(5, TimeUnit.SECONDS).isOk()).isTrue();
        }
    }

    @Test
    void fullPortRefusesALongCommandOnce() throws Exception {
        start(PortLimits.defaults().withMaxInFlightBytes(256 * KIB));
        try (RawClient caller = new RawClient(port.port());
                RawClient filling = new RawClient(port.port())) {
            caller.command("GET", call(10));
            await().until(() -> held.size() == 1);
            fill(filling);

            caller.raw("*101\r\n$4\r\nMGET\r\n" + ("$10000\r\n" + "x".repeat(10_000) + "\r\n").repeat(12));
            for (int i = 0; i < 50; i++) {
                caller.raw("x");
            }
            await().until(() -> inputBytes(caller) == 0);
            answerAll("1");

            assertThat((String) caller.reply()).contains("\"result\":1");
            assertThat((String) caller.reply()).startsWith("-ERR ").contains("at this port (limit 262144");
            assertThat(caller.isAtEnd()).isTrue();
        }
    }

    @Test
    void whatComesBehindTheLastCommandIsDropped() throws Exception {
        start(PortLimits.defaults());
        try (RawClient caller = new RawClient(port.port())) {
            caller.command("GET", call(10));
            caller.command("QUIT");
            for (int i = 0; i < 8; i++) {
                // far more than the kernel keeps for both ends
                caller.raw("x".repeat(4 * MIB));
            }

            assertThat(inputBytes(caller)).isLessThan(MIB);
            answerAll("1");
            assertThat((String) caller.reply()).contains("\"result\":1");
            assertThat(caller.reply()).isEqualTo("+OK");
            assertThat(caller.isAtEnd()).isTrue();
        }
    }

    @Test
    void shortPartsOfCommandsLeaveThePortToOthers() throws Exception {
        start(PortLimits.defaults().withMaxInFlightBytes(256 * KIB));
        List<RawClient> slow = new ArrayList<>();
        try (RawClient caller = new RawClient(port.port())) {
            for (int i = 0; i < 6; i++) {
                RawClient each = new RawClient(port.port());
                slow.add(each);
                each.raw("*2\r\n$3\r\nGET\r\n$1000000\r\n" + "x".repeat(60_000));
                await().until(() -> inputBytes(each) >= 60_000);
            }

            caller.command("GET", call(10));
            await().until(() -> held.size() == 1);
            answerAll("1");
            assertThat((String) caller.reply()).contains("\"result\":1");
        } finally {
            for (RawClient each : slow) {
                each.close();
            }
        }
    }

    @Test
    void commandsSinceMultiCount() throws Exception {
        start(PortLimits.defaults().withMaxInFlightBytes(256 * KIB));
        try (RawClient caller = new RawClient(port.port())) {
            try (RawClient batch = new RawClient(port.port())) {
                batch.command("MULTI");
                for (int i = 0; i < 4; i++) {
                    batch.command("GET", call(100_000));
                }
                assertThat(batch.reply()).isEqualTo("+OK");
                for (int i = 0; i < 4; i++) {
                    assertThat(batch.reply()).isEqualTo("+QUEUED");
                }

                caller.command("GET", call(10));
                assertThat((String) caller.reply()).contains("\"code\":8", "at this port (limit 262144");
            }
            await().until(() -> port.connections() == 1);
            caller.command("GET", call(10));
            await().until(() -> held.size() == 1);
            answerAll("1");
            assertThat((String) caller.reply()).contains("\"result\":1");
        }
    }

    @Test
    void messagesBehindASlowReplyAreNotOfferedForEver() throws Exception {
        CompletableFuture<RespSession> session = startWithListeners();
        try (RawClient caller = new RawClient(port.port())) {
            caller.command("LISTEN");
            assertThat(caller.reply()).isEqualTo("+OK");
            caller.command("GET", call(10));
            await().until(() -> held.size() == 1);
            RespSession listener = session.get(5, TimeUnit.SECONDS);
            byte[] message = ("+" + "m".repeat(KIB - 3) + "\r\n").getBytes(StandardCharsets.UTF_8);

            int taken = 0;
            // one after the other, so that the loop takes them in between
            for (int i = 0; i < 40; i++) {
                for (int j = 0; j < 10; j++) {
                    taken += listener.offer(message) ? 1 : 0;
                }
                caller.hasEnded();
            }

            assertThat(taken).isEqualTo(256);
            answerAll("1");
            assertThat((String) caller.reply()).contains("\"result\":1");
            for (int i = 0; i < taken; i++) {
                assertThat((String) caller.reply()).hasSize(KIB - 2);
            }
            await().until(() -> listener.offer(message));
        }
    }

    @Test
    void clientBehindASlowReplyIsCutOffWhenMessagesCannotWait() throws Exception {
        CompletableFuture<RespSession> session = startWithListeners();
        try (RawClient caller = new RawClient(port.port())) {
            caller.command("LISTEN");
            assertThat(caller.reply()).isEqualTo("+OK");
            caller.command("GET", call(10));
            await().until(() -> held.size() == 1);
            RespSession listener = session.get(5, TimeUnit.SECONDS);

            for (int i = 0; i < 256; i++) {
                listener.push(new byte[KIB]);
            }
            boolean endedWithin = caller.hasEnded();
            listener.push(new byte[KIB]);

            assertThat(endedWithin).isFalse();
            await().until(caller::hasEnded);
        }
    }

    /** Starts a port whose clients may {@code LISTEN}, and returns the first that does. */
    private CompletableFuture<RespSession> startWithListeners() throws Exception {
        CompletableFuture<RespSession> session = new CompletableFuture<>();
        port = MoaPort.builder(holding)
                .port(0)
                .respExtension(new RespExtension() {
                    @Override
                    public Set<String> commands() {
                        return Set.of("LISTEN");
                    }

                    @Override
                    public CompletionStage<byte[]> run(RespSession who, List<String> words) {
                        session.complete(who);
                        return CompletableFuture.completedFuture("+OK\r\n".getBytes(StandardCharsets.UTF_8));
                    }
                })
                .build()
                .start();
        return session;
    }

    /** Makes a port of 256 KiB full by a command that does not end. */
    private void fill(RawClient client) throws Exception {
        client.raw("*2\r\n$3\r\nGET\r\n$1000000\r\n" + "x".repeat(400_000));
        await().until(() -> inputBytes(client) >= 400_000);
    }

    /** Returns how many bytes of a command that is not whole the port holds, as CLIENT LIST tells. */
    private long inputBytes(RawClient client) throws Exception {
        try (RawClient operator = new RawClient(port.port())) {
            operator.command("CLIENT", "LIST");
            String list = String.valueOf(operator.reply());
            return list.lines()
                    .filter(line -> line.contains("addr=127.0.0.1:" + client.localPort() + " "))
                    .mapToLong(line -> Long.parseLong(line.replaceAll(".* qbuf=(\\d+).*", "$1")))
                    .sum();
        }
    }

    private void start(PortLimits limits) {
        port = MoaPort.builder(holding)
                .port(0)
                .limits(limits.withTimeouts(Duration.ofSeconds(60), Duration.ofSeconds(60)))
                .build()
                .start();
    }

    /** Starts so many calls and returns their answers in order. */
    private List<CompletableFuture<CallResponse>> calls(RawClient caller, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            caller.command("GET", call(10));
        }
        await().until(() -> held.size() == count);
        List<CompletableFuture<CallResponse>> all = new ArrayList<>(held);
        held.clear();
        return all;
    }

    private void answerAll(String json) {
        for (CompletableFuture<CallResponse> each = held.poll(); each != null; each = held.poll()) {
            each.complete(CallResponse.success(null, Payload.json(json)));
        }
    }

    private CompletableFuture<HttpResponse<String>> post(int bytes) {
        return http.sendAsync(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port.port() + "/service/held/hold"))
                        .header("Content-Type", "application/json")
                        .timeout(Duration.ofSeconds(20))
                        .POST(HttpRequest.BodyPublishers.ofString("[\"" + "x".repeat(bytes) + "\"]"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static CallRequest request(int bytes) {
        return CallRequest.of(ServiceName.of("/service/held"), "hold", Payload.json("[\"" + "x".repeat(bytes) + "\"]"));
    }

    private static String call(int bytes) {
        return "{\"service\":\"/service/held\",\"method\":\"hold\",\"args\":[\"%s\"]}".formatted("x".repeat(bytes));
    }
}
