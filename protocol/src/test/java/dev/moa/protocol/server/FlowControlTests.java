package dev.moa.protocol.server;

import static org.assertj.core.api.Assertions.assertThat;
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
import dev.moa.protocol.frame.CallFrames;
import dev.moa.protocol.frame.Frame;
import dev.moa.protocol.frame.FrameKind;
import dev.moa.protocol.frame.FrameParser;
import dev.moa.protocol.frame.GoAway;
import dev.moa.protocol.frame.Hello;
import dev.moa.protocol.frame.Window;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What either end holds for the other is bounded, whatever the other does. */
class FlowControlTests {

    private static final ServiceName SERVICE = ServiceName.of("/service/held");
    private static final int MIB = 1 << 20;

    private final Queue<CompletableFuture<CallResponse>> held = new ConcurrentLinkedQueue<>();
    private final CallHandler holding = (request, call) -> {
        CompletableFuture<CallResponse> answer = new CompletableFuture<>();
        held.add(answer);
        return answer;
    };
    private @Nullable MoaPort port;

    @AfterEach
    void stop() {
        if (port != null) {
            port.close();
        }
    }

    @Test
    void callerThatIgnoresTheWindowIsCutOff() throws Exception {
        start(PortLimits.defaults().withInFlight(8, MIB));
        try (RawCaller caller = new RawCaller(MIB)) {
            for (int i = 0; i < 17; i++) {
                caller.request(10);
            }

            for (int i = 0; i < 9; i++) {
                assertThat(caller.response().code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
            }
            GoAway end = GoAway.read(caller.next(FrameKind.GOAWAY));
            assertThat(end.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
            assertThat(end.message())
                    .isEqualTo("flow control: requests go on beyond the window (announced: 8 calls, 1048576 bytes)");
            assertThat(caller.in.read()).isEqualTo(-1);
        }
        await().until(() -> port.inFlight() == 0);
    }

    @Test
    void callerWhoWantsNoAnswersIsNot() throws Exception {
        start(PortLimits.defaults().withInFlight(8, MIB));
        try (RawCaller caller = new RawCaller(MIB)) {
            for (int i = 0; i < 50; i++) {
                caller.send(FrameKind.ONEWAY, 10);
            }
            for (int i = 0; i < 20; i++) {
                caller.request(10);
            }

            for (int i = 0; i < 20; i++) {
                assertThat(caller.response().code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
            }
            answerAll("1");
            await().until(() -> port.inFlight() == 0);
            caller.request(10);
            await().until(() -> !held.isEmpty());
            answerAll("1");
            assertThat(caller.response().isOk()).isTrue();
        }
    }

    @Test
    void callerThatMeetsTheWindowNowAndThenIsNot() throws Exception {
        start(PortLimits.defaults().withInFlight(2, MIB));
        try (RawCaller caller = new RawCaller(MIB)) {
            for (int i = 0; i < 5; i++) {
                for (int j = 0; j < 3; j++) {
                    caller.request(10);
                }
                assertThat(caller.response().code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
                await().until(() -> held.size() == 2);
                answerAll("1");
                assertThat(caller.response().isOk()).isTrue();
                assertThat(caller.response().isOk()).isTrue();
            }
        }
    }

    @Test
    void portThatFillsUpAnnouncesASmallerWindowAndThenTheWholeOneAgain() throws Exception {
        start(PortLimits.defaults().withInFlight(64, 16 * MIB).withMaxInFlightBytes(256 * 1_024));
        try (RawCaller caller = new RawCaller(MIB)) {
            for (int i = 0; i < 4; i++) {
                caller.request(60_000);
            }
            assertThat(window(caller)).isEqualTo(new Window(8, 2 * MIB));
            // all that it takes on all connections together
            caller.request(60_000);
            caller.request(60_000);
            CallResponse refusal = caller.response();
            assertThat(refusal.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
            assertThat(refusal.message())
                    .isEqualTo("300000 bytes of requests are in flight at this port"
                            + " (limit 262144; call another instance or later)");

            await().until(() -> held.size() == 5);
            answerAll("1");

            assertThat(window(caller)).isEqualTo(new Window(64, 16 * MIB));
        }
    }

    @Test
    void callerKeepsToTheWindow() throws Exception {
        start(PortLimits.defaults().withInFlight(64, 16 * MIB).withMaxInFlightBytes(MIB));
        try (MoaConnection connection = connect(port.port())) {
            for (int i = 0; i < 8; i++) {
                call(connection, 90_000);
                int sent = i + 1;
                await().until(() -> held.size() == sent);
            }
            await().until(
                            () -> call(connection, 10).getNow(null),
                            response -> response != null
                                    && Payload.json("{\"sent\":false}").equals(response.details()));

            List<CompletableFuture<CallResponse>> more =
                    Stream.generate(() -> call(connection, 10)).limit(20).toList();

            assertThat(more)
                    .allSatisfy(each -> assertThat(each.get(5, TimeUnit.SECONDS))
                            .extracting(CallResponse::code, CallResponse::details)
                            .containsExactly(StatusCode.RESOURCE_EXHAUSTED, Payload.json("{\"sent\":false}")));
            await().until(() -> {
                answerAll("1");
                return connection.inFlight() == 0;
            });
            CompletableFuture<CallResponse> again = call(connection, 10);
            await().until(() -> !held.isEmpty());
            answerAll("1");
            assertThat(again.get(5, TimeUnit.SECONDS).isOk()).isTrue();
        }
    }

    @Test
    void readerThatIsSlowMakesThePortHoldLittle() throws Exception {
        int answer = 256 * 1_024;
        start(PortLimits.defaults().withWaiting(64 * 1_024, 8 * MIB));
        try (RawCaller caller = new RawCaller(MIB)) {
            for (int i = 0; i < 200; i++) {
                caller.request(10);
            }
            await().until(() -> held.size() == 200);

            List<WeakReference<byte[]>> answers = new ArrayList<>();
            for (CompletableFuture<CallResponse> each = held.poll(); each != null; each = held.poll()) {
                byte[] body = new byte[answer];
                Arrays.fill(body, (byte) '1');
                answers.add(new WeakReference<>(body));
                each.complete(CallResponse.success(null, Payload.json(body)));
            }

            // the caller's 1 MiB, and the one that is being written
            await().untilAsserted(() -> {
                System.gc();
                assertThat(answers.stream().filter(each -> each.get() != null).count())
                        .isLessThanOrEqualTo(MIB / answer + 2);
            });

            List<StatusCode> codes = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                codes.add(caller.response().code());
            }
            assertThat(codes)
                    .contains(StatusCode.OK, StatusCode.RESOURCE_EXHAUSTED)
                    .hasSize(200);
            await().until(() -> port.inFlight() == 0);
        }
    }

    @Test
    void portThatDoesNotReadMakesItsCallerHoldLittle() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<MoaConnection> opening = MoaConnection.open(
                    new InetSocketAddress("127.0.0.1", listening.getLocalPort()), ConnectionOptions.defaults());
            try (Socket deaf = listening.accept()) {
                ByteBuf hello = Unpooled.buffer();
                new Hello(1, 1, 1, null, "deaf", 4 * MIB, 1_024, MIB, 0).write(hello);
                hello.readBytes(deaf.getOutputStream(), hello.readableBytes());
                try (MoaConnection connection = opening.get(5, TimeUnit.SECONDS)) {
                    List<CompletableFuture<CallResponse>> calls = Stream.generate(() -> call(connection, 64 * 1_024))
                            .limit(500)
                            .toList();

                    assertThat(connection.inFlight()).isLessThanOrEqualTo(16);
                    assertThat(calls.stream().filter(CompletableFuture::isDone).map(CompletableFuture::join))
                            .hasSizeGreaterThanOrEqualTo(484)
                            .allMatch(each -> each.code() == StatusCode.RESOURCE_EXHAUSTED);
                }
            }
        }
    }

    private void start(PortLimits limits) {
        port = MoaPort.builder(holding)
                .port(0)
                .limits(limits.withTimeouts(Duration.ofSeconds(60), Duration.ofSeconds(60)))
                .build()
                .start();
    }

    private void answerAll(String json) {
        for (CompletableFuture<CallResponse> each = held.poll(); each != null; each = held.poll()) {
            each.complete(CallResponse.success(null, Payload.json(json)));
        }
    }

    private static MoaConnection connect(int port) throws Exception {
        return MoaConnection.open(new InetSocketAddress("127.0.0.1", port), ConnectionOptions.defaults())
                .get(5, TimeUnit.SECONDS);
    }

    private static CompletableFuture<CallResponse> call(MoaConnection connection, int bytes) {
        return connection.call(request(bytes), Deadline.afterMillis(60_000));
    }

    private static CallRequest request(int bytes) {
        return CallRequest.of(SERVICE, "hold", Payload.json("[\"" + "x".repeat(bytes - 4) + "\"]"));
    }

    private static Window window(RawCaller caller) throws Exception {
        return Window.read(caller.next(FrameKind.WINDOW), new Window(1, 1));
    }

    /** Frames without manners: it sends what it is told, and reads when it is told. */
    private final class RawCaller implements AutoCloseable {
        private final Socket socket = new Socket();
        private final InputStream in;
        private final ByteBuf received = Unpooled.buffer();
        private final FrameParser parser = new FrameParser(Frame.MAX_HEADER_BYTES, 16 * MIB);
        private long stream;

        RawCaller(int answerBytes) throws Exception {
            socket.setReceiveBufferSize(16 * 1_024);
            socket.connect(new InetSocketAddress("127.0.0.1", port.port()));
            socket.setSoTimeout(10_000);
            in = socket.getInputStream();
            ByteBuf hello = Unpooled.buffer();
            new Hello(1, 1, 0, null, "raw", MIB, 1_024, answerBytes, 0).write(hello);
            send(hello);
            next(FrameKind.HELLO);
        }

        void request(int bytes) throws IOException {
            send(FrameKind.REQUEST, bytes);
        }

        void send(FrameKind kind, int bytes) throws IOException {
            ByteBuf out = Unpooled.buffer();
            CallFrames.writeRequest(out, kind, ++stream, FlowControlTests.request(bytes), 60_000);
            send(out);
        }

        CallResponse response() throws Exception {
            return CallFrames.readResponse(next(FrameKind.RESPONSE), null, Payload.Format.JSON);
        }

        /** Returns the next frame of this kind, passing over others. */
        Frame next(FrameKind kind) throws Exception {
            byte[] chunk = new byte[64 * 1_024];
            while (true) {
                Frame frame = parser.next(received);
                if (frame != null && frame.kind() == kind) {
                    return frame;
                }
                if (frame == null) {
                    received.discardReadBytes();
                    int count = in.read(chunk);
                    assertThat(count).as("bytes while it waits for " + kind).isPositive();
                    received.writeBytes(chunk, 0, count);
                }
            }
        }

        private void send(ByteBuf bytes) throws IOException {
            bytes.readBytes(socket.getOutputStream(), bytes.readableBytes());
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
