package dev.moa.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.protocol.CallContext;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.protocol.client.MoaConnection;
import dev.moa.protocol.json.CallJson;
import dev.moa.sdk.call.CallExplanation;
import dev.moa.sdk.call.CallOptions;
import dev.moa.sdk.call.InstanceView;
import dev.moa.sdk.lookup.InstanceAddress;
import dev.moa.sdk.lookup.StaticDirectory;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** "Why this node": what a response says of the choice of its instance, where it was asked to. */
class ExplainIT {

    private static final ServiceName GREETER = ServiceName.of("/service/greeter");
    private static final CallRequest WHO = CallRequest.of(GREETER, "who", Payload.NO_ARGUMENTS);

    private final PoliteGreeter greeter = new PoliteGreeter("one");
    private final StaticDirectory directory = new StaticDirectory();
    private MoaServer server;
    private MoaClient client;

    @BeforeEach
    void start() throws IOException {
        server = MoaServer.builder()
                .app("greeter")
                .publish(GREETER, Greeter.class, greeter)
                .build()
                .start();
        int nobody;
        try (ServerSocket socket = new ServerSocket(0)) {
            nobody = socket.getLocalPort();
        }
        directory.put(
                GREETER,
                List.of(InstanceAddress.of("127.0.0.1", server.port()), InstanceAddress.of("127.0.0.1", nobody)));
        client = MoaClient.builder().app("test").directory(directory).build();
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void explainedCallSaysWhoWasWeighedAndHow() {
        CallResponse response = client.explain(WHO, CallOptions.IDEMPOTENT).join();

        CallExplanation why = CallExplanation.parse(response.why());
        assertThat(response.result()).isEqualTo(Payload.json("\"one\""));
        assertThat(why.service()).isEqualTo("/service/greeter");
        assertThat(why.method()).isEqualTo("who");
        assertThat(why.budgetRatio()).isEqualTo(0.2);
        assertThat(why.breaker()).isEqualTo("CLOSED");
        assertThat(why.maxInFlight()).isEqualTo(2_000);
        CallExplanation.Try last = why.attempts().get(why.attempts().size() - 1);
        assertThat(last.outcome()).isEqualTo("OK");
        assertThat(last.instance()).isEqualTo("127.0.0.1:" + server.port());
        assertThat(last.candidates()).hasSize(2).allSatisfy(each -> {
            assertThat(each.score()).isGreaterThan(0);
            assertThat(each.success()).isGreaterThan(0);
        });
    }

    @Test
    void instanceThatCannotBeReachedIsSeenAsSuch() {
        for (int i = 0; i < 20; i++) {
            client.call(WHO, CallOptions.IDEMPOTENT).join();
        }

        CallExplanation why = CallExplanation.parse(
                client.explain(WHO, CallOptions.IDEMPOTENT).join().why());

        assertThat(why.attempts().get(0).candidates())
                .extracting(CallExplanation.Option::standing)
                .containsAnyOf(InstanceView.Standing.NOT_CONNECTED, InstanceView.Standing.EJECTED);
    }

    @Test
    void callThatDoesNotAskIsNotExplained() {
        assertThat(client.call(WHO).join().why()).isNull();
    }

    @Test
    void explanationComesBackOverMoaFrames() throws Exception {
        CallContext asking = new CallContext(null, 0, null, null, Map.of(CallOptions.WHY_TAG, "1"));
        try (MoaServer proxy = MoaServer.builder()
                        .app("proxy")
                        .fallback((request, call) -> client.call(request))
                        .build()
                        .start();
                MoaConnection connection = MoaConnection.open(
                                new InetSocketAddress("127.0.0.1", proxy.port()), ConnectionOptions.defaults())
                        .get(10, TimeUnit.SECONDS)) {
            CallResponse response = connection
                    .call(WHO.withCtx(asking), Deadline.afterMillis(5_000))
                    .get(10, TimeUnit.SECONDS);
            CallResponse failure = connection
                    .call(
                            CallRequest.of(GREETER, "nothing", Payload.NO_ARGUMENTS)
                                    .withCtx(asking),
                            Deadline.afterMillis(5_000))
                    .get(10, TimeUnit.SECONDS);

            assertThat(response.isOk()).isTrue();
            assertThat(CallExplanation.parse(response.why()).attempts()).isNotEmpty();
            assertThat(failure.code()).isEqualTo(StatusCode.UNIMPLEMENTED);
            assertThat(CallExplanation.parse(failure.why()).attempts()).isNotEmpty();
        }
    }

    @Test
    void anyRedisClientMayAskByATagThatTheServiceDoesNotSee() throws Exception {
        try (MoaServer proxy = MoaServer.builder()
                        .app("proxy")
                        .fallback((request, call) -> client.call(request))
                        .build()
                        .start();
                Socket socket = new Socket("127.0.0.1", proxy.port())) {
            socket.setSoTimeout(10_000);
            String request =
                    "{\"service\":\"/service/greeter\",\"method\":\"nested\",\"args\":[\"x\"],\"ctx\":{\"tags\":{\"moa-why\":\"1\",\"lane\":\"blue\"}}}";

            socket.getOutputStream()
                    .write("*2\r\n$3\r\nGET\r\n$%d\r\n%s\r\n"
                            .formatted(request.length(), request)
                            .getBytes(StandardCharsets.UTF_8));
            DataInputStream in = new DataInputStream(socket.getInputStream());
            StringBuilder head = new StringBuilder();
            for (int c = in.readByte(); c != '\n'; c = in.readByte()) {
                head.append((char) c);
            }
            byte[] body = new byte[Integer.parseInt(head.substring(1).strip())];
            in.readFully(body);

            CallResponse response = CallJson.readResponse(body);
            assertThat(response.isOk()).isTrue();
            assertThat(CallExplanation.parse(response.why()).attempts()).isNotEmpty();
            assertThat(greeter.lastScope.tags()).isEqualTo(Map.of("lane", "blue"));
        }
    }
}
