package dev.moa.protocol.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.CallContext;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Caller;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.protocol.client.MoaConnection;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FramesOverThePortTests {

    private static final ServiceName SERVICE = ServiceName.of("/service/helloworld");

    private final HelloHandler handler = new HelloHandler();
    private final List<AutoCloseable> toClose = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : toClose) {
            each.close();
        }
    }

    @Test
    void aCallIsAnswered() throws Exception {
        MoaConnection connection = connect(port(PortLimits.defaults()));

        CallResponse response = call(connection, "hello", "[\"world\"]", 1_000).get(2, TimeUnit.SECONDS);

        assertThat(response.resultOrThrow().text()).isEqualTo("\"hello world\"");
        assertThat(connection.inFlight()).isZero();
    }

    @Test
    void theRequestArrivesAsItWasSent() throws Exception {
        MoaConnection connection = connect(port(PortLimits.defaults()));
        CallContext ctx = new CallContext(
                "feed-api",
                5_000,
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "0.1",
                Map.of("lane", "blau-ü"));
        CallRequest request = new CallRequest(
                "u1", SERVICE, "echo", Payload.json("{\"name\":\"世界\"}"), ctx, Payload.json("{\"key\":\"k\"}"));

        CallResponse response =
                connection.call(request, Deadline.afterMillis(5_000)).get(2, TimeUnit.SECONDS);

        assertThat(response.id()).isEqualTo("u1");
        assertThat(response.resultOrThrow()).isEqualTo(request.args());
        CallRequest arrived = handler.requests.get(0);
        assertThat(arrived.ctx().timeoutMs()).isBetween(4_000L, 5_000L);
        assertThat(arrived.withCtx(ctx)).isEqualTo(request);
        assertThat(arrived.ctx().withTimeoutMs(5_000)).isEqualTo(ctx);
    }

    @Test
    void aDeclaredFailureCarriesItsDetails() throws Exception {
        MoaConnection connection = connect(port(PortLimits.defaults()));

        CallResponse response = call(connection, "fail", "[]", 1_000).get(2, TimeUnit.SECONDS);

        assertThat(response.code()).isEqualTo(StatusCode.UNKNOWN);
        assertThat(response.message()).isEqualTo("no such user");
        assertThat(response.details()).isEqualTo(Payload.json("{\"type\":\"UserNotFound\"}"));
    }

    @Test
    void anUnexpectedFailureLeaksNothing() throws Exception {
        MoaConnection connection = connect(port(PortLimits.defaults()));

        CallResponse response = call(connection, "crash", "[]", 1_000).get(2, TimeUnit.SECONDS);

        assertThat(response.code()).isEqualTo(StatusCode.INTERNAL);
        assertThat(response.message()).doesNotContain("secret");
    }

    @Test
    void manyCallsGoAtOnceAndEachGetsItsOwnAnswer() throws Exception {
        MoaConnection connection = connect(port(PortLimits.defaults()));

        List<CompletableFuture<CallResponse>> calls = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            calls.add(
                    i % 10 == 0
                            ? call(connection, "later", "[" + i % 50 + ", " + i + "]", 5_000)
                            : call(connection, "echo", "[" + i + "]", 5_000));
        }

        for (int i = 0; i < 1_000; i++) {
            String expected = i % 10 == 0 ? Integer.toString(i) : "[" + i + "]";
            assertThat(calls.get(i)
                            .get(5, TimeUnit.SECONDS)
                            .resultOrThrow()
                            .text()
                            .strip())
                    .isEqualTo(expected);
        }
    }

    @Test
    void theDeadlineEndsACallAtBothEnds() throws Exception {
        MoaPort port = port(PortLimits.defaults());
        MoaConnection connection = connect(port);

        CallResponse response = call(connection, "never", "[]", 80).get(2, TimeUnit.SECONDS);

        assertThat(response.code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
        assertThat(connection.inFlight()).isZero();
        await().atMost(2, TimeUnit.SECONDS).until(() -> handler.cancelled.get() == 1 && port.inFlight() == 0);
    }

    @Test
    void cancellingAFutureCancelsTheCallAtTheOtherEnd() throws Exception {
        MoaPort port = port(PortLimits.defaults());
        MoaConnection connection = connect(port);
        CompletableFuture<CallResponse> call = call(connection, "never", "[]", 60_000);
        await().until(() -> port.inFlight() == 1);

        call.cancel(true);

        await().atMost(2, TimeUnit.SECONDS).until(() -> handler.cancelled.get() == 1 && port.inFlight() == 0);
        assertThat(connection.inFlight()).isZero();
        assertThat(connection.isOpen()).isTrue();
    }

    @Test
    void onlyCallsThatTheCallerWaitsForEndWithIt() throws Exception {
        MoaPort port = port(PortLimits.defaults());
        MoaConnection connection = connect(port);
        send(connection, "later", "[1500, 1]", 60_000);
        send(connection, "never", "[]", 1_500);
        CompletableFuture<CallResponse> waitedFor = call(connection, "never", "[]", 60_000);
        await().until(() -> port.inFlight() == 3);

        connection.close();

        await().until(() -> port.connections() == 0 && port.inFlight() == 0);
        assertThat(waitedFor).isDone();
        // that one, and the one that had no more time
        assertThat(handler.cancelled).hasValue(2);
    }

    @Test
    void callsThatWereSentFailAsSentWhenTheConnectionBreaks() throws Exception {
        MoaPort port = port(PortLimits.defaults());
        MoaConnection connection = connect(port);
        CompletableFuture<CallResponse> call = call(connection, "never", "[]", 60_000);
        await().until(() -> port.inFlight() == 1);

        port.close();

        CallResponse response = call.get(2, TimeUnit.SECONDS);
        assertThat(response.code()).isEqualTo(StatusCode.UNAVAILABLE);
        assertThat(response.details()).isEqualTo(Payload.json("{\"sent\":true}"));
        connection.closed().get(2, TimeUnit.SECONDS);
        CallResponse later = call(connection, "hello", "[]", 1_000).get(1, TimeUnit.SECONDS);
        assertThat(later.code()).isEqualTo(StatusCode.UNAVAILABLE);
        assertThat(later.details()).isEqualTo(Payload.json("{\"sent\":false}"));
    }

    @Test
    void goAwayLetsCallsInFlightEndAndTakesNoNewOnes() throws Exception {
        MoaPort port = port(PortLimits.defaults());
        MoaConnection connection = connect(port);
        CompletableFuture<CallResponse> call = call(connection, "later", "[900, 1]", 5_000);
        await().until(() -> port.inFlight() == 1);

        port.goAway();

        await().until(connection::isGoingAway);
        CallResponse refused = call(connection, "hello", "[]", 1_000).get(1, TimeUnit.SECONDS);
        assertThat(refused.details()).isEqualTo(Payload.json("{\"sent\":false}"));
        assertThat(port.drained()).isNotDone();
        assertThat(call.get(2, TimeUnit.SECONDS).resultOrThrow().text().strip()).isEqualTo("1");
        port.drained().get(2, TimeUnit.SECONDS);
        connection.closed().get(2, TimeUnit.SECONDS);
        await().until(() -> port.connections() == 0);
    }

    @Test
    void aRollingRestartLosesNoCall() throws Exception {
        for (int round = 0; round < 30; round++) {
            MoaPort port = port(PortLimits.defaults());
            MoaConnection connection = connect(port);
            List<CompletableFuture<CallResponse>> calls = new ArrayList<>();
            CompletableFuture<Void> drained = null;
            for (int i = 0; i < 2_000; i++) {
                if (i == 100 * (round % 10)) {
                    drained = CompletableFuture.runAsync(port::goAway)
                            .thenCompose(done -> port.drained())
                            .thenRun(port::close);
                }
                calls.add(call(connection, "echo", "[1]", 5_000));
            }

            drained.get(5, TimeUnit.SECONDS);

            for (CompletableFuture<CallResponse> call : calls) {
                CallResponse response = call.get(5, TimeUnit.SECONDS);
                boolean isSafeToSendElsewhere = Payload.json("{\"sent\":false}").equals(response.details());
                assertThat(response.isOk() || isSafeToSendElsewhere)
                        .as(response.toString())
                        .isTrue();
            }
        }
    }

    @Test
    void moreCallsThanTheLimitAreRefusedUnsent() throws Exception {
        MoaPort port = port(PortLimits.defaults());
        MoaConnection connection = connect(port, ConnectionOptions.defaults().withMaxInFlight(3));
        List<CompletableFuture<CallResponse>> running = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            running.add(call(connection, "never", "[]", 10_000));
        }

        CallResponse refused = call(connection, "hello", "[]", 1_000).get(1, TimeUnit.SECONDS);

        assertThat(refused.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
        assertThat(refused.details()).isEqualTo(Payload.json("{\"sent\":false}"));
        running.forEach(call -> call.cancel(true));
    }

    @Test
    void anAnswerThatIsTooLongBecomesAClearFailure() throws Exception {
        MoaPort port = port(PortLimits.defaults());
        MoaConnection connection = connect(port, ConnectionOptions.defaults().withMaxBodyBytes(1_000));

        CallResponse response = call(connection, "echo", "[\"" + "x".repeat(2_000) + "\"]", 1_000)
                .get(2, TimeUnit.SECONDS);

        assertThat(response.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
        assertThat(response.message()).contains("2004").contains("1000");
    }

    @Test
    void argumentsThatAreTooLongAreRefusedUnsent() throws Exception {
        MoaPort port = port(PortLimits.defaults().withMaxBodyBytes(1_000));
        MoaConnection connection = connect(port);

        CallResponse response = call(connection, "echo", "[\"" + "x".repeat(2_000) + "\"]", 1_000)
                .get(2, TimeUnit.SECONDS);

        assertThat(response.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
        assertThat(call(connection, "hello", "[]", 1_000)
                        .get(1, TimeUnit.SECONDS)
                        .isOk())
                .isTrue();
    }

    @Test
    void aTokenThatIsKnownNamesTheCaller() throws Exception {
        MoaPort port = portWithTokens();
        MoaConnection connection = connect(port, ConnectionOptions.defaults().withToken("s3cret"));

        CallResponse response = call(connection, "whoami", "[]", 1_000).get(2, TimeUnit.SECONDS);

        assertThat(response.resultOrThrow().text()).isEqualTo("\"feed\"");
    }

    @Test
    void withoutAKnownTokenThereIsNoConnection() {
        MoaPort port = portWithTokens();

        for (String token : new String[] {null, "wrong", ""}) {
            assertThatThrownBy(() -> MoaConnection.open(
                                    address(port), ConnectionOptions.defaults().withToken(token))
                            .get(2, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOfSatisfying(
                            MoaException.class, e -> assertThat(e.code()).isEqualTo(StatusCode.UNAUTHENTICATED));
        }
    }

    @Test
    void aPortThatNobodyListensOnIsUnavailableAndUnsent() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }

        assertThatThrownBy(
                        () -> MoaConnection.open(new InetSocketAddress("127.0.0.1", free), ConnectionOptions.defaults())
                                .get(2, TimeUnit.SECONDS))
                .cause()
                .isInstanceOfSatisfying(MoaException.class, e -> {
                    assertThat(e.code()).isEqualTo(StatusCode.UNAVAILABLE);
                    assertThat(e.details()).isEqualTo(Payload.json("{\"sent\":false}"));
                });
    }

    @Test
    void aPeerThatNeverAnswersHelloIsGivenUp() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            InetSocketAddress address = new InetSocketAddress("127.0.0.1", silent.getLocalPort());

            assertThatThrownBy(() -> MoaConnection.open(
                                    address, ConnectionOptions.defaults().withConnectTimeout(Duration.ofMillis(100)))
                            .get(2, TimeUnit.SECONDS))
                    .cause()
                    .hasMessageContaining("no HELLO within 100 ms");
        }
    }

    @Test
    void aPeerThatFallsSilentIsNoticed() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            InetSocketAddress address = new InetSocketAddress("127.0.0.1", server.getLocalPort());
            CompletableFuture<MoaConnection> opening =
                    MoaConnection.open(address, ConnectionOptions.defaults().withKeepAlive(Duration.ofMillis(100)));
            try (Socket accepted = server.accept()) {
                // HELLO with VERSION = 1, then nothing ever again
                accepted.getOutputStream()
                        .write(hex("cd01010000000000000000000000000d00000000" + "00220100080000000000000001"));
                MoaConnection connection = opening.get(2, TimeUnit.SECONDS);
                CompletableFuture<CallResponse> call = call(connection, "hello", "[]", 10_000);

                assertThat(call.get(2, TimeUnit.SECONDS).message()).contains("did not answer a ping");
                connection.closed().get(1, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void anAnswerThatCannotBeReadFailsItsCallAtOnce() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            InetSocketAddress address = new InetSocketAddress("127.0.0.1", server.getLocalPort());
            CompletableFuture<MoaConnection> opening = MoaConnection.open(address, ConnectionOptions.defaults());
            try (Socket accepted = server.accept()) {
                skipFrame(accepted);
                accepted.getOutputStream()
                        .write(hex("cd01010000000000000000000000000d00000000" + "00220100080000000000000001"));
                MoaConnection connection = opening.get(2, TimeUnit.SECONDS);
                CompletableFuture<CallResponse> call = call(connection, "hello", "[]", 60_000);
                skipFrame(accepted);
                // CBOR, to a request in JSON
                accepted.getOutputStream()
                        .write(hex("cd01030000000000000000010000000d00000000" + "00080100080000000000000002"));

                CallResponse response = call.get(2, TimeUnit.SECONDS);

                assertThat(response.code()).isEqualTo(StatusCode.UNAVAILABLE);
                assertThat(response.message()).contains("protocol error: a response of content type 2");
                assertThat(connection.inFlight()).isZero();
            }
        }
    }

    @Test
    void aPingIsAnswered() throws Exception {
        MoaConnection connection = connect(port(PortLimits.defaults()));

        connection.ping(Duration.ofSeconds(1)).get(2, TimeUnit.SECONDS);

        connection.close();
        assertThatThrownBy(() -> connection.ping(Duration.ofSeconds(1)).get(2, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(MoaException.class);
    }

    static byte[] hex(String hex) {
        return java.util.HexFormat.of().parseHex(hex);
    }

    private static void skipFrame(Socket from) throws IOException {
        DataInputStream in = new DataInputStream(from.getInputStream());
        in.skipNBytes(12);
        in.skipNBytes(in.readInt() + in.readInt());
    }

    private MoaPort port(PortLimits limits) {
        MoaPort port = MoaPort.builder(handler).port(0).limits(limits).build().start();
        toClose.add(port);
        return port;
    }

    private MoaPort portWithTokens() {
        MoaPort port = MoaPort.builder(handler)
                .port(0)
                .authenticator(
                        Authenticator.tokens(Map.of("s3cret", new Caller("feed", Caller.Role.SERVICE, Set.of()))))
                .build()
                .start();
        toClose.add(port);
        return port;
    }

    private MoaConnection connect(MoaPort port) throws Exception {
        return connect(port, ConnectionOptions.defaults());
    }

    private MoaConnection connect(MoaPort port, ConnectionOptions options) throws Exception {
        MoaConnection connection = MoaConnection.open(address(port), options).get(2, TimeUnit.SECONDS);
        toClose.add(0, connection);
        return connection;
    }

    private static InetSocketAddress address(MoaPort port) {
        return new InetSocketAddress("127.0.0.1", port.port());
    }

    private static void send(MoaConnection connection, String method, String args, long timeoutMs) {
        CallRequest request = CallRequest.of(SERVICE, method, Payload.json(args));
        assertThat(connection.send(request, Deadline.afterMillis(timeoutMs)))
                .succeedsWithin(Duration.ofSeconds(2))
                .matches(CallResponse::isOk);
    }

    private static CompletableFuture<CallResponse> call(
            MoaConnection connection, String method, String args, long timeoutMs) {
        return connection.call(CallRequest.of(SERVICE, method, Payload.json(args)), Deadline.afterMillis(timeoutMs));
    }
}
