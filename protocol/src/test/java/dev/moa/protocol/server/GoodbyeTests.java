package dev.moa.protocol.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a port goes without a caller losing a call. */
class GoodbyeTests {

    private static final String HELLO = "{\"service\":\"/s\",\"method\":\"hello\"}";
    private static final String HTTP_HELLO =
            "POST /s/hello HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]";
    private static final String HELLO_REPLY = "{\"code\":0,\"result\":\"hello world\"}";
    private static final Goodbye LONG =
            new Goodbye(List.of(InetSocketAddress.createUnresolved("other", 7001)), Duration.ofSeconds(20));
    private static final Goodbye SHORT = new Goodbye(List.of(), Duration.ofMillis(300));

    private final HelloHandler handler = new HelloHandler();
    private final MoaPort port = MoaPort.builder(handler).port(0).build().start();
    private final List<AutoCloseable> toClose = new ArrayList<>(List.of(port));

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : toClose) {
            each.close();
        }
    }

    @Test
    void whoAskedForItIsToldWhereToGo() throws Exception {
        RawClient named = connect();
        named.command("HELLO", "3");
        named.command("CLIENT", "MAINT_NOTIFICATIONS", "ON", "moving-endpoint-type", "internal-ip");
        named.command("GET", later(100, 1));
        RawClient unnamed = connect();
        unnamed.command("HELLO", "3");
        unnamed.command("CLIENT", "MAINT_NOTIFICATIONS", "ON", "moving-endpoint-type", "none");
        named.reply();
        unnamed.reply();
        assertThat(named.reply()).isEqualTo("+OK");
        assertThat(unnamed.reply()).isEqualTo("+OK");

        port.goAway(LONG);

        List<Object> moving = (List<Object>) named.reply();
        assertThat(moving).hasSize(4).startsWith("MOVING").endsWith(":20", "other:7001");
        assertThat((String) moving.get(1)).matches(":[0-9]+");
        assertThat(named.reply()).isEqualTo("{\"code\":0,\"result\": 1}");
        List<Object> comeBack = (List<Object>) unnamed.reply();
        assertThat(comeBack).hasSize(4).startsWith("MOVING").contains(":20");
        assertThat(comeBack.get(3)).isNull();
        named.command("GET", HELLO);
        assertThat(named.reply()).isEqualTo(HELLO_REPLY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HELLO 2",
                "HELLO 3",
                "HELLO 3 ; CLIENT MAINT_NOTIFICATIONS ON ; RESET",
                "HELLO 3 ; CLIENT MAINT_NOTIFICATIONS ON ; CLIENT MAINT_NOTIFICATIONS OFF"
            })
    void whoDidNotAskIsNotTold(String commands) throws Exception {
        RawClient client = connect();
        for (String each : commands.split(" ; ")) {
            client.command(each.split(" "));
            client.reply();
        }

        port.goAway(LONG);
        client.command("GET", HELLO);

        assertThat(client.reply()).isEqualTo(HELLO_REPLY);
    }

    @Test
    void withoutASuccessorNobodyIsSentToAnAddress() throws Exception {
        RawClient client = connect();
        client.command("HELLO", "3");
        client.command("CLIENT", "MAINT_NOTIFICATIONS", "ON");
        client.reply();
        client.reply();

        port.goAway(new Goodbye(List.of(new InetSocketAddress("::1", 7001)), Duration.ofMillis(100)));

        assertThat(client.isAtEnd()).isTrue();
    }

    @Test
    void everybodyIsServedOnForTheQuietTime() throws Exception {
        RawClient before = connect();
        before.command("PING");
        before.reply();

        long start = System.nanoTime();
        port.goAway(SHORT);
        RawClient after = connect();
        after.command("GET", HELLO);
        before.command("GET", HELLO);

        assertThat(after.reply()).isEqualTo(HELLO_REPLY);
        assertThat(before.reply()).isEqualTo(HELLO_REPLY);
        assertThat(port.drained()).isNotDone();
        port.drained().get(5, TimeUnit.SECONDS);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
        assertThat(before.isAtEnd()).isTrue();
        assertThat(after.isAtEnd()).isTrue();
    }

    @Test
    void thePortIsGoneAtOnceWhenNobodyIsLeft() throws Exception {
        RawClient client = connect();
        client.command("PING");
        client.reply();

        port.goAway(LONG);
        client.close();

        port.drained().get(5, TimeUnit.SECONDS);
        await().until(() -> port.connections() == 0);
    }

    @Test
    void aConnectionEndsBehindItsLastAnswer() throws Exception {
        RawClient client = connect();
        client.command("GET", later(300, 1));
        client.command("GET", later(10, 2));
        await().until(() -> port.inFlight() == 2);

        port.goAway();
        client.command("GET", later(10, 3));

        for (int i = 1; i <= 3; i++) {
            assertThat(client.reply()).isEqualTo("{\"code\":0,\"result\": " + i + "}");
        }
        assertThat(client.isAtEnd()).isTrue();
        port.drained().get(2, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 10, 13, 30})
    void whoIsInTheMiddleOfACommandIsWaitedFor(int cut) throws Exception {
        RawClient client = connect();
        String command = "*2\r\n$3\r\nGET\r\n$" + HELLO.length() + "\r\n" + HELLO + "\r\n";
        client.command("PING");
        client.raw(command.substring(0, cut));
        assertThat(client.reply()).isEqualTo("+PONG");

        port.goAway();
        await().during(100, TimeUnit.MILLISECONDS).until(() -> !port.drained().isDone());
        client.raw(command.substring(cut));

        assertThat(client.reply()).isEqualTo(HELLO_REPLY);
        assertThat(client.isAtEnd()).isTrue();
        port.drained().get(2, TimeUnit.SECONDS);
    }

    @Test
    void aMultiIsNotCutOff() throws Exception {
        RawClient client = connect();
        client.command("MULTI");
        client.command("GET", HELLO);
        client.reply();
        client.reply();

        port.goAway();
        client.command("EXEC");

        assertThat(client.reply()).isEqualTo(List.of(HELLO_REPLY));
        assertThat(client.isAtEnd()).isTrue();
        port.drained().get(2, TimeUnit.SECONDS);
    }

    /** As phpredis does: look whether the connection has ended, then send; an answer that does not come is a lost call. */
    @Test
    void aCallerWhoLooksBeforeItSendsLosesNothing() throws Exception {
        for (int round = 0; round < 20; round++) {
            try (MoaPort leaving = MoaPort.builder(handler).port(0).build().start();
                    RawClient client = new RawClient(leaving.port())) {
                int goodbye = 20 + round;
                for (int i = 0; !client.hasEnded(); i++) {
                    client.command("GET", i % 3 == 0 ? later(1, i) : HELLO);
                    assertThat((String) client.reply()).startsWith("{\"code\":0");
                    if (i == goodbye) {
                        leaving.goAway();
                    }
                }
                leaving.drained().get(2, TimeUnit.SECONDS);
            }
        }
    }

    /** Nobody is reset between having connected and being accepted. */
    @ParameterizedTest
    @ValueSource(strings = {"RESP", "HTTP"})
    void whoCouldStillConnectIsAnswered(String protocol) throws Exception {
        handler.record = false;
        ExecutorService threads = Executors.newFixedThreadPool(3);
        toClose.add(threads::shutdownNow);
        for (int round = 0; round < 10; round++) {
            try (MoaPort leaving = MoaPort.builder(handler).port(0).build().start()) {
                AtomicInteger answered = new AtomicInteger();
                List<Future<?>> callers = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    callers.add(threads.submit(() -> callUntilRefused(leaving, protocol, answered)));
                }
                await().until(() -> answered.get() > 30);

                leaving.goAway();

                for (Future<?> each : callers) {
                    each.get(20, TimeUnit.SECONDS);
                }
                leaving.drained().get(5, TimeUnit.SECONDS);
            }
        }
    }

    /** Opens a connection for each call; throws if one that it could open is not answered. */
    private static @Nullable Void callUntilRefused(MoaPort port, String protocol, AtomicInteger answered)
            throws IOException {
        while (true) {
            try (RawClient client = new RawClient(port.port())) {
                if (protocol.equals("RESP")) {
                    client.command("GET", HELLO);
                    assertThat(client.reply()).isEqualTo(HELLO_REPLY);
                } else {
                    client.raw(HTTP_HELLO);
                    assertThat(client.line()).isEqualTo("HTTP/1.1 200 OK");
                }
                answered.incrementAndGet();
            } catch (ConnectException refused) {
                return null;
            }
        }
    }

    @Test
    void httpAnswersSayThatTheConnectionEnds() throws Exception {
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        assertThat(hello(http).headers().firstValue("connection")).contains("keep-alive");

        port.goAway(SHORT);

        HttpResponse<String> last = hello(http);
        assertThat(last.statusCode()).isEqualTo(200);
        assertThat(last.headers().firstValue("connection")).contains("close");
        port.drained().get(5, TimeUnit.SECONDS);
    }

    @Test
    void anHttpRequestThatHasBegunIsAnswered() throws Exception {
        RawClient client = connect();
        client.raw("POST /s/hello HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n");
        await().until(() -> port.connections() == 1);
        RawClient idle = connect();
        idle.raw(HTTP_HELLO);
        assertThat(idle.line()).isEqualTo("HTTP/1.1 200 OK");

        port.goAway();
        assertThat(idle.rest()).contains("hello world");
        client.raw("Content-Length: 2\r\n\r\n[]");

        assertThat(client.rest()).contains("200 OK", "connection: close", "hello world");
        port.drained().get(2, TimeUnit.SECONDS);
    }

    private HttpResponse<String> hello(HttpClient http) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port.port() + "/s/hello"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("[]"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String later(int millis, int value) {
        return "{\"service\":\"/s\",\"method\":\"later\",\"args\":[" + millis + ", " + value + "]}";
    }

    private RawClient connect() throws IOException {
        RawClient client = new RawClient(port.port());
        toClose.add(client);
        return client;
    }
}
