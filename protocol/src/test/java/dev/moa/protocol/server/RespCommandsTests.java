package dev.moa.protocol.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.Caller;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RespCommandsTests extends RespOverThePort {

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
        other.command("HELLO", "3");
        other.reply();
        other.command("MULTI");
        other.command("PING");
        other.command("GET", "{}");
        for (int i = 0; i < 3; i++) {
            other.reply();
        }
        // not whole yet
        other.raw("*2\r\n$4\r\nECHO\r\n$9\r\nabc");
        await().untilAsserted(() -> {
            operator.command("CLIENT", "LIST");
            assertThat((String) operator.reply())
                    .containsPattern("id=" + id + " addr=127.0.0.1:\\d+ laddr=127.0.0.1:" + port.port()
                            + " name=other age=\\d+ idle=\\d+ flags=x db=0 multi=2 qbuf=7 omem=0 tot-mem=7 events=r"
                            + " cmd=get user=default redir=-1 resp=3 ")
                    .containsPattern("multi=-1 qbuf=0 .* cmd=client\\|list");
        });
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
}
