package dev.moa.protocol.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.Caller;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RespOverThePortTests {

    private static final String HELLO =
            "{\"service\":\"/service/helloworld\",\"method\":\"hello\",\"args\":[\"world\"]}";
    private static final String HELLO_REPLY = "{\"code\":0,\"result\":\"hello world\"}";

    private final HelloHandler handler = new HelloHandler();
    private final List<AutoCloseable> toClose = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : toClose) {
            each.close();
        }
    }

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

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    PING                       | +PONG
                    PING hi                    | hi
                    PING a b                   | -ERR wrong number of arguments for 'ping' command
                    ECHO x                     | x
                    ECHO                       | -ERR wrong number of arguments for 'echo' command
                    GET                        | -ERR wrong number of arguments for 'get' command
                    GET a b                    | -ERR wrong number of arguments for 'get' command
                    MGET                       | -ERR wrong number of arguments for 'mget' command
                    SELECT 3                   | +OK
                    SELECT x                   | -ERR value is not an integer or out of range
                    CLIENT SETINFO LIB-NAME x  | +OK
                    CLIENT SETNAME me          | +OK
                    CLIENT SETNAME ü           | -ERR Client names cannot contain spaces, newlines or special characters.
                    CLIENT GETNAME             | null
                    CLIENT NONSENSE            | -ERR unknown subcommand 'NONSENSE'. Try CLIENT HELP.
                    COMMAND                    | []
                    COMMAND DOCS               | []
                    COMMAND COUNT              | :0
                    CONFIG GET save            | []
                    READONLY                   | +OK
                    READWRITE                  | +OK
                    ASKING                     | +OK
                    RESET                      | +RESET
                    HELLO 4                    | -NOPROTO unsupported protocol version
                    HELLO x                    | -ERR Protocol version is not an integer or out of range
                    HELLO 2 NONSENSE           | -ERR Syntax error in HELLO option 'NONSENSE'
                    AUTH x                     | -ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?
                    AUTH default x             | +OK
                    WATCH a b                  | +OK
                    UNWATCH                    | +OK
                    EXEC                       | -ERR EXEC without MULTI
                    DISCARD                    | -ERR DISCARD without MULTI
                    ROLE                       | [master, :0, []]
                    MODULE LIST                | []
                    CLUSTER SLOTS              | -ERR This instance has cluster support disabled
                    CLIENT SETINFO lib-ver 1.0 | +OK
                    CLIENT SETINFO NONSENSE x  | -ERR Unrecognized option 'NONSENSE'
                    CLIENT CAPA redirect       | +OK
                    CLIENT REPLY OFF           | -ERR every command is answered here (expected: CLIENT REPLY ON)
                    CLIENT MAINT_NOTIFICATIONS ON | -ERR CLIENT MAINT_NOTIFICATIONS needs RESP3 (send HELLO 3 first)
                    CLIENT MAINT_NOTIFICATIONS OFF | +OK
                    CLIENT MAINT_NOTIFICATIONS x | -ERR CLIENT MAINT_NOTIFICATIONS 'X' (expected: ON or OFF)
                    CLIENT MAINT_NOTIFICATIONS ON moving-endpoint-type x | -ERR moving-endpoint-type 'x' (expected: internal-ip, internal-fqdn, external-ip, external-fqdn or none)
                    SET a b                    | -ERR unknown command 'SET', with args beginning with: 'a' 'b'
                    FLUSHALL                   | -ERR unknown command 'FLUSHALL', with args beginning with:
                    QUIT                       | +OK
                    """)
    void whatStockClientsAskForIsAnsweredAsRedisDoes(String command, String reply) throws IOException {
        RawClient client = connect(port(PortLimits.defaults()));

        client.command(command.split(" "));

        assertThat(String.valueOf(client.reply()).strip()).isEqualTo(reply);
        if (command.equals("QUIT")) {
            assertThat(client.isAtEnd()).isTrue();
        } else {
            client.command("PING");
            assertThat(client.reply()).isEqualTo("+PONG");
        }
    }

    @Test
    void multiIsAPlainBatchWhoseCallsRunAtOnce() throws IOException {
        RawClient client = connect(port(PortLimits.defaults()));
        long start = System.nanoTime();

        client.command("WATCH", "x");
        client.command("MULTI");
        for (int i = 0; i < 20; i++) {
            client.command("GET", later(150 - 5 * i, i));
        }
        client.command("MGET", later(10, 1), call("fail"));
        client.command("PING");
        client.command("GET", "nonsense");
        client.command("EXEC");
        client.command("PING");

        assertThat(client.reply()).isEqualTo("+OK");
        assertThat(client.reply()).isEqualTo("+OK");
        for (int i = 0; i < 23; i++) {
            assertThat(client.reply()).isEqualTo("+QUEUED");
        }
        List<Object> replies = (List<Object>) client.reply();
        assertThat(replies).hasSize(23);
        for (int i = 0; i < 20; i++) {
            assertThat(replies.get(i)).isEqualTo("{\"code\":0,\"result\": " + i + "}");
        }
        assertThat((List<Object>) replies.get(20)).hasSize(2);
        assertThat(replies.get(21)).isEqualTo("+PONG");
        assertThat((String) replies.get(22)).startsWith("{\"code\":3,");
        assertThat(client.reply()).isEqualTo("+PONG");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void multiThatCannotRunIsRefusedAsAWhole() throws IOException {
        MoaPort port = port(PortLimits.defaults());
        RawClient client = connect(port);

        client.command("MULTI");
        client.command("MULTI");
        client.command("WATCH", "x");
        client.command("GET", HELLO);
        client.command("SET", "a", "b");
        client.command("GET", HELLO);
        client.command("EXEC");
        client.command("MULTI");
        client.command("GET", HELLO);
        client.command("DISCARD");
        client.command("GET", HELLO);

        assertThat(client.reply()).isEqualTo("+OK");
        assertThat(client.reply()).isEqualTo("-ERR MULTI calls can not be nested");
        assertThat(client.reply()).isEqualTo("-ERR WATCH inside MULTI is not allowed");
        assertThat(client.reply()).isEqualTo("+QUEUED");
        assertThat((String) client.reply()).startsWith("-ERR unknown command 'SET'");
        assertThat(client.reply()).isEqualTo("+QUEUED");
        assertThat((String) client.reply()).startsWith("-EXECABORT ");
        assertThat(client.reply()).isEqualTo("+OK");
        assertThat(client.reply()).isEqualTo("+QUEUED");
        assertThat(client.reply()).isEqualTo("+OK");
        assertThat(client.reply()).isEqualTo(HELLO_REPLY);
        assertThat(handler.requests).hasSize(1);
        assertThat(port.inFlight()).isZero();
    }

    @Test
    void callsOfAMultiWhoseCallerLeavesAreCancelled() throws IOException {
        MoaPort port = port(PortLimits.defaults());
        RawClient client = connect(port);
        client.command("MULTI");
        client.command("GET", "{\"service\":\"/s\",\"method\":\"never\",\"ctx\":{\"timeoutMs\":60000}}");
        client.command("GET", HELLO);
        client.command("EXEC");
        await().until(() -> port.inFlight() == 2);

        client.close();

        await().atMost(2, TimeUnit.SECONDS).until(() -> handler.cancelled.get() == 1 && port.inFlight() == 0);
    }

    @Test
    void aMultiIsBounded() throws IOException {
        RawClient client = connect(port(PortLimits.defaults()));

        client.command("MULTI");
        for (int i = 0; i < 17; i++) {
            client.command("ECHO", "x".repeat(1 << 20));
        }
        client.command("EXEC");

        assertThat(client.reply()).isEqualTo("+OK");
        for (int i = 0; i < 15; i++) {
            assertThat(client.reply()).isEqualTo("+QUEUED");
        }
        assertThat((String) client.reply()).startsWith("-ERR a MULTI of more than 1024 commands or 16777216 bytes");
        assertThat((String) client.reply()).startsWith("-ERR a MULTI of more than");
        assertThat((String) client.reply()).startsWith("-EXECABORT ");
    }

    @Test
    void aKeyPrefixOfTheClientIsNamed() throws IOException {
        RawClient client = connect(port(PortLimits.defaults()));

        client.command("GET", "app:" + HELLO);
        client.command("MGET", HELLO, "app:" + HELLO);

        assertThat((String) client.reply())
                .startsWith("{\"code\":3,\"error\":\"INVALID_ARGUMENT\",\"message\":\"'app:' stands before the request"
                        + " object, as a key prefix");
        assertThat((String) ((List<Object>) client.reply()).get(1)).contains("'app:' stands before");
    }

    @Test
    void operatorsSeeAndEndConnections() throws IOException {
        MoaPort port = port(PortLimits.defaults());
        RawClient operator = connect(port);
        RawClient other = connect(port);
        other.command("CLIENT", "SETNAME", "other");
        other.reply();
        other.command("CLIENT", "ID");
        String id = ((String) other.reply()).substring(1);

        operator.command("INFO", "moa");
        assertThat((String) operator.reply())
                .contains(
                        "# Moa\r\n",
                        "connections:2\r\n",
                        "connections_resp:2\r\n",
                        "calls_in_flight:0\r\n",
                        "reply_bytes_waiting:0\r\n");
        operator.command("INFO");
        assertThat((String) operator.reply()).doesNotContain("# Moa");
        operator.command("CLIENT", "LIST");
        assertThat((String) operator.reply())
                .containsPattern("id=" + id + " addr=127.0.0.1:\\d+ laddr=127.0.0.1:" + port.port()
                        + " name=other age=\\d+ idle=\\d+ flags=N db=0 omem=0 user=default ");
        operator.command("CLIENT", "KILL", "ID", id);
        assertThat(operator.reply()).isEqualTo(":1");
        assertThat(other.isAtEnd()).isTrue();
        operator.command("CLIENT", "KILL", "ID", id);
        operator.command("CLIENT", "KILL", "127.0.0.1:1");
        operator.command("CLIENT", "KILL", "LADDR", "x");
        operator.command("CLIENT", "KILL");
        assertThat(operator.reply()).isEqualTo(":0");
        assertThat(operator.reply()).isEqualTo("-ERR No such client");
        assertThat((String) operator.reply()).startsWith("-ERR syntax error");
        assertThat((String) operator.reply()).startsWith("-ERR syntax error");
    }

    @Test
    void whereTokensHaveRolesOnlyOperatorsSeeOthers() throws IOException {
        MoaPort port = MoaPort.builder(handler)
                .port(0)
                .authenticator(Authenticator.tokens(Map.of(
                        "op", new Caller("ops", Caller.Role.OPERATOR, Set.of()),
                        "read", new Caller("reader", Caller.Role.READER, Set.of()),
                        "serve", new Caller("feed", Caller.Role.SERVICE, Set.of()))))
                .build()
                .start();
        toClose.add(port);
        Map<String, RawClient> clients = new java.util.HashMap<>();
        for (String token : List.of("op", "read", "serve")) {
            RawClient client = connect(port);
            client.command("AUTH", token);
            client.command("INFO", "moa");
            client.command("CLIENT", "KILL", "ID", "999");
            client.command("CLIENT", "LIST");
            assertThat(client.reply()).isEqualTo("+OK");
            clients.put(token, client);
        }

        assertThat((String) clients.get("op").reply()).contains("# Moa");
        assertThat(clients.get("op").reply()).isEqualTo(":0");
        assertThat((String) clients.get("read").reply()).contains("# Moa");
        assertThat((String) clients.get("read").reply()).startsWith("-NOPERM CLIENT KILL");
        assertThat((String) clients.get("read").reply()).hasLineCount(1).contains("user=reader");
        assertThat((String) clients.get("serve").reply()).startsWith("-NOPERM INFO moa");
        assertThat((String) clients.get("serve").reply()).startsWith("-NOPERM CLIENT KILL");
        assertThat((String) clients.get("serve").reply()).hasLineCount(1).contains("user=feed");
    }

    @Test
    void infoAnswersTheSectionsAskedFor() throws IOException {
        RawClient client = connect(port(PortLimits.defaults()));

        client.command("INFO", "server");
        client.command("INFO", "replication", "persistence");
        client.command("INFO", "everything");

        assertThat((String) client.reply()).contains("redis_version:7").doesNotContain("role:");
        assertThat((String) client.reply()).contains("role:master", "loading:0").doesNotContain("redis_version");
        assertThat((String) client.reply()).contains("redis_version:7", "role:master");
    }

    @Test
    void helloSwitchesToResp3() throws IOException {
        RawClient client = connect(port(PortLimits.defaults()));

        client.command("HELLO", "3", "SETNAME", "me");

        assertThat((Map<Object, Object>) client.reply())
                .containsEntry("server", "redis")
                .containsEntry("proto", ":3")
                .containsEntry("role", "master");
        client.command("CLIENT", "GETNAME");
        assertThat(client.reply()).isEqualTo("me");
        client.command("CONFIG", "GET", "save");
        assertThat(client.reply()).isEqualTo(Map.of());
        client.command("GET", HELLO);
        assertThat(client.reply()).isEqualTo(HELLO_REPLY);
        client.command("RESET");
        assertThat(client.reply()).isEqualTo("+RESET");
        client.command("CLIENT", "GETNAME");
        assertThat(client.reply()).isNull();
    }

    @Test
    void infoSaysWhatReadyChecksLookFor() throws IOException {
        RawClient client = connect(port(PortLimits.defaults()));

        client.command("INFO");

        assertThat((String) client.reply()).contains("redis_version:7", "loading:0\r\n", "role:master\r\n");
        client.command("CLIENT", "LIST");
        assertThat((String) client.reply()).contains("addr=127.0.0.1:", "protocol=resp");
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

    private static String call(String method) {
        return "{\"service\":\"/s\",\"method\":\"" + method + "\"}";
    }

    private static String later(int millis, int value) {
        return "{\"service\":\"/s\",\"method\":\"later\",\"args\":[" + millis + ", " + value + "]}";
    }

    private MoaPort port(PortLimits limits) {
        MoaPort port = MoaPort.builder(handler).port(0).limits(limits).build().start();
        toClose.add(port);
        return port;
    }

    private MoaPort portWithTokens(PortLimits limits) {
        MoaPort port = MoaPort.builder(handler)
                .port(0)
                .limits(limits)
                .authenticator(
                        Authenticator.tokens(Map.of("s3cret", new Caller("feed", Caller.Role.SERVICE, Set.of()))))
                .build()
                .start();
        toClose.add(port);
        return port;
    }

    private RawClient connect(MoaPort port) throws IOException {
        RawClient client = new RawClient(port.port());
        toClose.add(0, client);
        return client;
    }
}
