package dev.moa.protocol.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RespOverThePortTests extends RespOverThePort {

    @Test
    void getIsACall() throws IOException {
        RawClient client = connect(port(PortLimits.defaults()));

        client.command("GET", HELLO);

        assertThat(client.reply()).isEqualTo(HELLO_REPLY);
    }

    @Test
    void theIdComesBack() throws IOException {
        RawClient client = connect(port(PortLimits.defaults()));

        client.command("get", "{\"id\":\"u1\",\"service\":\"/s\",\"method\":\"fail\"}");

        assertThat(client.reply())
                .isEqualTo("{\"id\":\"u1\",\"code\":2,\"error\":\"UNKNOWN\",\"message\":\"no such user\","
                        + "\"details\":{\"type\":\"UserNotFound\"}}");
    }

    @Test
    void aRequestThatIsNoneIsANormalReply() throws IOException {
        RawClient client = connect(port(PortLimits.defaults()));

        client.command("GET", "user:1");

        assertThat((String) client.reply()).startsWith("{\"code\":3,\"error\":\"INVALID_ARGUMENT\"");
        client.command("PING");
        assertThat(client.reply()).isEqualTo("+PONG");
    }

    @Test
    void mgetAnswersInOrderAndMarksWhatFails() throws IOException {
        RawClient client = connect(port(PortLimits.defaults()));

        client.command("MGET", later(60, 1), "nonsense", later(20, 2), call("fail"), later(40, 3));

        assertThat((List<Object>) client.reply())
                .hasSize(5)
                .satisfiesExactly(
                        first -> assertThat(first).isEqualTo("{\"code\":0,\"result\": 1}"),
                        second -> assertThat((String) second).startsWith("{\"code\":3,"),
                        third -> assertThat(third).isEqualTo("{\"code\":0,\"result\": 2}"),
                        fourth -> assertThat((String) fourth).startsWith("{\"code\":2,"),
                        fifth -> assertThat(fifth).isEqualTo("{\"code\":0,\"result\": 3}"));
    }

    @Test
    void pipelinedCallsRunAtOnceAndAnswerInOrder() throws IOException {
        RawClient client = connect(port(PortLimits.defaults()));
        long start = System.nanoTime();

        for (int i = 0; i < 50; i++) {
            client.command("GET", later(150 - 2 * i, i));
            client.command("PING", "p" + i);
        }

        for (int i = 0; i < 50; i++) {
            assertThat(client.reply()).isEqualTo("{\"code\":0,\"result\": " + i + "}");
            assertThat(client.reply()).isEqualTo("p" + i);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void moreThanTheLimitInFlightWaitsButAllIsAnswered() throws IOException {
        MoaPort port = port(PortLimits.defaults().withInFlight(8, 1 << 20));
        RawClient client = connect(port);

        for (int i = 0; i < 200; i++) {
            client.command("GET", later(5, i));
        }

        for (int i = 0; i < 200; i++) {
            assertThat(client.reply()).isEqualTo("{\"code\":0,\"result\": " + i + "}");
            assertThat(port.inFlight()).isLessThanOrEqualTo(8);
        }
    }

    @Test
    void repliesThatAreNotReadStopTheReading() throws Exception {
        MoaPort port = port(PortLimits.defaults());
        RawClient client = connect(port);
        String big = "{\"service\":\"/s\",\"method\":\"echo\",\"args\":[\"" + "x".repeat(100_000) + "\"]}";
        int count = 300;

        Thread writer = new Thread(() -> {
            try {
                for (int i = 0; i < count; i++) {
                    client.command("GET", big);
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        writer.start();
        await().atMost(5, TimeUnit.SECONDS)
                .during(300, TimeUnit.MILLISECONDS)
                .until(() -> handler.requests.size(), size -> size < count && size == handler.requests.size());

        for (int i = 0; i < count; i++) {
            assertThat((String) client.reply()).hasSize(100_000 + 24);
        }
        writer.join(5_000);
        assertThat(handler.requests).hasSize(count);
    }

    @Test
    void theDeadlineOfTheRequestHolds() throws IOException {
        MoaPort port = port(PortLimits.defaults().withTimeouts(Duration.ofMillis(50), Duration.ofMillis(80)));
        RawClient client = connect(port);

        client.command("GET", "{\"service\":\"/s\",\"method\":\"never\"}");
        client.command("GET", "{\"service\":\"/s\",\"method\":\"never\",\"ctx\":{\"timeoutMs\":10}}");
        client.command("GET", "{\"service\":\"/s\",\"method\":\"never\",\"ctx\":{\"timeoutMs\":3600000}}");

        for (int i = 0; i < 3; i++) {
            assertThat((String) client.reply()).startsWith("{\"code\":4,\"error\":\"DEADLINE_EXCEEDED\"");
        }
        assertThat(handler.cancelled).hasValue(3);
        assertThat(port.inFlight()).isZero();
    }

    @Test
    void callsOfACallerThatLeavesAreCancelled() throws IOException {
        MoaPort port = port(PortLimits.defaults());
        RawClient client = connect(port);
        client.command("GET", "{\"service\":\"/s\",\"method\":\"never\",\"ctx\":{\"timeoutMs\":60000}}");
        client.command("MGET", "{\"service\":\"/s\",\"method\":\"never\",\"ctx\":{\"timeoutMs\":60000}}");
        await().until(() -> port.inFlight() == 2);

        client.close();

        await().atMost(2, TimeUnit.SECONDS).until(() -> handler.cancelled.get() == 2 && port.inFlight() == 0);
    }

    @Test
    void withoutATokenNothingIsServed() throws IOException {
        RawClient client = connect(portWithTokens(PortLimits.defaults()));

        client.command("GET", HELLO);
        client.command("PING");
        client.command("HELLO", "3");
        client.command("AUTH", "wrong");
        client.command("AUTH", "default", "s3cret");
        client.command("GET", call("whoami"));

        assertThat(client.reply()).isEqualTo("-NOAUTH Authentication required.");
        assertThat(client.reply()).isEqualTo("-NOAUTH Authentication required.");
        assertThat((String) client.reply()).startsWith("-NOAUTH HELLO must be called with the client already");
        assertThat((String) client.reply()).startsWith("-WRONGPASS ");
        assertThat(client.reply()).isEqualTo("+OK");
        assertThat(client.reply()).isEqualTo("{\"code\":0,\"result\":\"feed\"}");
        client.command("RESET");
        client.command("PING");
        assertThat(client.reply()).isEqualTo("+RESET");
        assertThat(client.reply()).isEqualTo("-NOAUTH Authentication required.");
        client.command("HELLO", "3", "AUTH", "default", "s3cret", "SETNAME", "x");
        assertThat((Map<Object, Object>) client.reply()).containsEntry("proto", ":3");
        assertThat(handler.requests).hasSize(1);
    }

    @Test
    void guessingSecretsEndsTheConnection() throws IOException {
        RawClient client = connect(portWithTokens(PortLimits.defaults()));

        for (int i = 0; i < 10; i++) {
            client.command("AUTH", "guess" + i);
            assertThat((String) client.reply()).startsWith("-WRONGPASS ");
        }

        assertThat(client.isAtEnd()).isTrue();
    }

    @Test
    void limitsAreSmallBeforeAuthAndLargeAfterIt() throws IOException {
        MoaPort port = portWithTokens(PortLimits.defaults());
        RawClient stranger = connect(port);
        RawClient friend = connect(port);

        stranger.command("GET", "x".repeat(16 * 1024 + 1));
        friend.command("AUTH", "s3cret");
        assertThat(friend.reply()).isEqualTo("+OK");
        friend.command("ECHO", "x".repeat(1 << 20));

        assertThat(stranger.reply()).isEqualTo("-ERR Protocol error: invalid bulk length 16385 (limit 16384)");
        assertThat(stranger.isAtEnd()).isTrue();
        assertThat((String) friend.reply()).hasSize(1 << 20);
        friend.command("ECHO", "x".repeat((1 << 20) + 1));
        assertThat(friend.reply()).isEqualTo("-ERR Protocol error: invalid bulk length 1048577 (limit 1048576)");
    }

    @Test
    void badInputGetsAClearErrorAndIsClosed() throws IOException {
        MoaPort port = port(PortLimits.defaults());
        for (String[] each : new String[][] {
            {"*1000000\r\n".repeat(256), "-ERR Protocol error: invalid multibulk length 1000000 (limit 1025)"},
            {"*1\r\n".repeat(256), "-ERR Protocol error: expected '$', got '*'"},
            {"*1\r\n$2147483648\r\n", "-ERR Protocol error: invalid bulk length 2147483648 (limit 1048576)"},
            {"*1\r\n$-1\r\n", "-ERR Protocol error: invalid bulk length: expected a digit, got '-'"},
            {"*1\r\n$4\r\nPING\r\n*x", null},
            {"\r\n", "-ERR Protocol error: expected RESP ('*'), a moa frame or HTTP, got byte 0x0d"},
            {"\u0016\u0003\u0001", "-ERR Protocol error: expected RESP ('*'), a moa frame or HTTP, got byte 0x16"},
        }) {
            RawClient client = connect(port);

            client.raw(each[0]);

            if (each[1] == null) {
                assertThat(client.reply()).isEqualTo("+PONG");
                assertThat((String) client.reply()).startsWith("-ERR Protocol error: invalid multibulk length");
            } else {
                assertThat(client.reply()).isEqualTo(each[1]);
            }
            assertThat(client.isAtEnd()).isTrue();
        }
        await().until(() -> port.connections() == 0);
    }

    @Test
    void anErrorWaitsForTheRepliesBeforeIt() throws IOException {
        RawClient client = connect(port(PortLimits.defaults()));

        client.command("GET", later(100, 1));
        client.raw("*1\r\nx");

        assertThat(client.reply()).isEqualTo("{\"code\":0,\"result\": 1}");
        assertThat(client.reply()).isEqualTo("-ERR Protocol error: expected '$', got 'x'");
        assertThat(client.isAtEnd()).isTrue();
    }

    @Test
    void oneConnectionTooManyIsToldSo() throws IOException {
        MoaPort port = port(PortLimits.defaults().withMaxConnections(2));
        connect(port);
        connect(port);
        await().until(() -> port.connections() == 2);

        RawClient third = connect(port);

        assertThat(third.reply()).isEqualTo("-ERR max number of clients reached (limit 2)");
        assertThat(third.isAtEnd()).isTrue();
    }

    @Test
    void whoShowsNoTokenInTimeIsClosed() throws IOException {
        MoaPort port = portWithTokens(PortLimits.defaults().withPatience(Duration.ofMillis(100), Duration.ZERO));
        RawClient silent = connect(port);
        RawClient talking = connect(port);
        RawClient admitted = connect(port);
        talking.command("PING");
        assertThat((String) talking.reply()).startsWith("-NOAUTH");
        admitted.command("AUTH", "s3cret");
        assertThat(admitted.reply()).isEqualTo("+OK");

        assertThat(silent.isAtEnd()).isTrue();
        assertThat(talking.isAtEnd()).isTrue();
        admitted.command("PING");
        assertThat(admitted.reply()).isEqualTo("+PONG");
    }

    @Test
    void idleConnectionsAreClosedOnlyWhereThatIsSet() throws IOException {
        MoaPort port = port(PortLimits.defaults().withPatience(Duration.ofSeconds(10), Duration.ofMillis(200)));
        RawClient idle = connect(port);
        RawClient busy = connect(port);
        busy.command("GET", later(900, 1));

        assertThat(idle.isAtEnd()).isTrue();
        assertThat((String) busy.reply()).startsWith("{\"code\":0");
    }

    @Test
    void goingAwayDrainsWithoutLosingAnAnswer() throws Exception {
        MoaPort port = port(PortLimits.defaults());
        RawClient client = connect(port);
        client.command("GET", later(150, 1));
        await().until(() -> port.inFlight() == 1);

        port.goAway();
        port.drained().get(2, TimeUnit.SECONDS);
        port.close();

        assertThat(client.reply()).isEqualTo("{\"code\":0,\"result\": 1}");
        assertThat(client.isAtEnd()).isTrue();
    }
}
