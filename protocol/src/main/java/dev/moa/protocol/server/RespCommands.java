package dev.moa.protocol.server;

import dev.moa.protocol.Caller;
import dev.moa.protocol.resp.RespParser;
import dev.moa.protocol.resp.RespVersion;
import dev.moa.protocol.resp.RespWriter;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What stock Redis clients ask for around their {@code GET}s, answered as Redis 7.0 does; the table is in
 * {@code docs/protocol.md}. One per port; what belongs to a connection is in the connection.
 */
final class RespCommands {

    /** What the port claims to be: clients choose what they use by it. */
    private static final String REDIS_VERSION = "7.0.15";

    private static final String NOAUTH = "NOAUTH Authentication required.";
    private static final String WRONGPASS = "WRONGPASS invalid username-password pair or user is disabled.";
    private static final int MAX_REFUSED_SECRETS = 10;
    private static final int MAX_NAME_LENGTH = 128;

    private final PeerBook peers;

    RespCommands(PeerBook peers) {
        this.peers = peers;
    }

    String portName() {
        return peers.name();
    }

    /** Runs the command that {@code in} has taken and writes its reply. */
    void run(RespConnection connection, RespParser in, ByteBuf out) {
        String name = text(in, 0, MAX_NAME_LENGTH).toUpperCase(Locale.ROOT);
        if (!connection.peer().isAdmitted()
                && !name.equals("AUTH")
                && !name.equals("HELLO")
                && !name.equals("QUIT")
                && !name.equals("RESET")) {
            RespWriter.error(out, NOAUTH);
            return;
        }
        int arguments = in.size() - 1;
        switch (name) {
            // with the right number of arguments these two never come here
            case "GET", "MGET" -> wrongNumber(name, out);
            case "PING" -> {
                if (arguments > 1) {
                    wrongNumber(name, out);
                } else if (arguments == 1) {
                    RespWriter.bulk(out, in.element(1));
                } else {
                    RespWriter.simple(out, "PONG");
                }
            }
            case "ECHO" -> {
                if (arguments != 1) {
                    wrongNumber(name, out);
                } else {
                    RespWriter.bulk(out, in.element(1));
                }
            }
            case "HELLO" -> hello(connection, in, out);
            case "AUTH" -> auth(connection, in, out);
            case "SELECT" -> select(in, out);
            case "CLIENT" -> client(connection, in, out);
            case "INFO" -> RespWriter.bulk(out, info());
            case "COMMAND" -> command(connection, in, out);
            case "CONFIG" -> config(connection, in, out);
            case "READONLY", "READWRITE", "ASKING" -> RespWriter.simple(out, "OK");
            case "RESET" -> {
                connection.peer().forget();
                connection.peer().name("");
                connection.version(RespVersion.RESP2);
                connection.applyLimits();
                RespWriter.simple(out, "RESET");
            }
            case "QUIT" -> {
                RespWriter.simple(out, "OK");
                connection.quit();
            }
            default -> unknown(in, out);
        }
    }

    private void hello(RespConnection connection, RespParser in, ByteBuf out) {
        int next = 1;
        RespVersion version = connection.version();
        if (in.size() > 1) {
            String asked = text(in, next++, 16);
            switch (asked) {
                case "2" -> version = RespVersion.RESP2;
                case "3" -> version = RespVersion.RESP3;
                default -> {
                    boolean isNumber = !asked.isEmpty() && asked.chars().allMatch(c -> c >= '0' && c <= '9');
                    RespWriter.error(
                            out,
                            isNumber
                                    ? "NOPROTO unsupported protocol version"
                                    : "ERR Protocol version is not an integer or out of range");
                    return;
                }
            }
        }
        String user = null;
        String secret = null;
        String name = null;
        while (next < in.size()) {
            String option = text(in, next, MAX_NAME_LENGTH).toUpperCase(Locale.ROOT);
            int more = in.size() - next - 1;
            if (option.equals("AUTH") && more >= 2) {
                user = text(in, next + 1);
                secret = text(in, next + 2);
                next += 3;
            } else if (option.equals("SETNAME") && more >= 1) {
                name = text(in, next + 1);
                if (!isClientName(name)) {
                    RespWriter.error(out, BAD_NAME);
                    return;
                }
                next += 2;
            } else {
                RespWriter.error(out, "ERR Syntax error in HELLO option '" + option + "'");
                return;
            }
        }
        if (secret != null && !admit(connection, user, secret)) {
            RespWriter.error(out, WRONGPASS);
            return;
        }
        Peer peer = connection.peer();
        if (!peer.isAdmitted()) {
            RespWriter.error(
                    out,
                    "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto>"
                            + " AUTH <user> <pass> option can be used to authenticate the client and select the RESP"
                            + " protocol version at the same time");
            return;
        }
        if (name != null) {
            peer.name(name);
        }
        connection.version(version);
        RespWriter.map(out, version, 7);
        RespWriter.bulk(out, "server");
        RespWriter.bulk(out, "redis");
        RespWriter.bulk(out, "version");
        RespWriter.bulk(out, REDIS_VERSION);
        RespWriter.bulk(out, "proto");
        RespWriter.integer(out, version.number());
        RespWriter.bulk(out, "id");
        RespWriter.integer(out, peer.id());
        RespWriter.bulk(out, "mode");
        RespWriter.bulk(out, "standalone");
        RespWriter.bulk(out, "role");
        RespWriter.bulk(out, "master");
        RespWriter.bulk(out, "modules");
        RespWriter.array(out, 0);
    }

    private void auth(RespConnection connection, RespParser in, ByteBuf out) {
        int arguments = in.size() - 1;
        if (arguments != 1 && arguments != 2) {
            wrongNumber("AUTH", out);
            return;
        }
        if (arguments == 1 && !connection.peer().desk().authenticator().isRequired()) {
            RespWriter.error(
                    out,
                    "ERR AUTH <password> called without any password configured for the default user. Are you sure"
                            + " your configuration is correct?");
            return;
        }
        boolean admitted = admit(connection, arguments == 2 ? text(in, 1) : null, text(in, arguments));
        if (admitted) {
            RespWriter.simple(out, "OK");
        } else {
            RespWriter.error(out, WRONGPASS);
        }
    }

    private static boolean admit(RespConnection connection, @Nullable String user, String secret) {
        Authenticator authenticator = connection.peer().desk().authenticator();
        if (!authenticator.isRequired()) {
            // as Redis, whose default user takes any password until one is set
            return true;
        }
        Caller caller = authenticator.authenticate(user, secret);
        if (caller == null) {
            if (connection.countRefusedSecret() >= MAX_REFUSED_SECRETS) {
                connection.quit();
            }
            return false;
        }
        connection.peer().admit(caller);
        connection.applyLimits();
        return true;
    }

    private static void select(RespParser in, ByteBuf out) {
        if (in.size() != 2) {
            wrongNumber("SELECT", out);
            return;
        }
        String index = text(in, 1, 12);
        if (index.isEmpty() || index.length() > 9 || !index.chars().allMatch(c -> c >= '0' && c <= '9')) {
            RespWriter.error(out, "ERR value is not an integer or out of range");
        } else {
            RespWriter.simple(out, "OK");
        }
    }

    private static final String BAD_NAME = "ERR Client names cannot contain spaces, newlines or special characters.";

    private void client(RespConnection connection, RespParser in, ByteBuf out) {
        if (in.size() < 2) {
            wrongNumber("CLIENT", out);
            return;
        }
        Peer peer = connection.peer();
        String sub = text(in, 1, MAX_NAME_LENGTH).toUpperCase(Locale.ROOT);
        switch (sub) {
            case "SETNAME" -> {
                if (in.size() != 3) {
                    wrongNumber("CLIENT|SETNAME", out);
                } else if (!isClientName(text(in, 2))) {
                    RespWriter.error(out, BAD_NAME);
                } else {
                    peer.name(text(in, 2));
                    RespWriter.simple(out, "OK");
                }
            }
            case "GETNAME" -> {
                if (peer.name().isEmpty()) {
                    RespWriter.nothing(out, connection.version());
                } else {
                    RespWriter.bulk(out, peer.name());
                }
            }
            case "SETINFO", "NO-EVICT", "NO-TOUCH" -> RespWriter.simple(out, "OK");
            case "ID" -> RespWriter.integer(out, peer.id());
            case "INFO" -> RespWriter.bulk(out, line(peer, connection));
            case "LIST" -> {
                // a caller sees itself; who may see all asks where tokens are checked for that
                boolean all = !peer.desk().authenticator().isRequired()
                        || (peer.caller() != null && peer.caller().role() == Caller.Role.OPERATOR);
                StringBuilder lines = new StringBuilder();
                if (all) {
                    peers.all().forEach(each -> lines.append(line(each, null)));
                } else {
                    lines.append(line(peer, connection));
                }
                RespWriter.bulk(out, lines.toString());
            }
            default ->
                RespWriter.error(
                        out, "ERR unknown subcommand '" + text(in, 1, MAX_NAME_LENGTH) + "'. Try CLIENT HELP.");
        }
    }

    private static String line(Peer peer, @Nullable RespConnection connection) {
        return "id=%d addr=%s name=%s age=%d idle=%d protocol=%s%s user=%s\n"
                .formatted(
                        peer.id(),
                        address(peer),
                        peer.name(),
                        peer.ageSeconds(System.nanoTime()),
                        peer.idleSeconds(System.nanoTime()),
                        peer.protocol(),
                        connection == null
                                ? ""
                                : " resp=" + connection.version().number(),
                        peer.caller() == null ? "default" : peer.caller().name());
    }

    private static String address(Peer peer) {
        String text = peer.address().toString();
        return text.startsWith("/") ? text.substring(1) : text;
    }

    private String info() {
        Runtime runtime = Runtime.getRuntime();
        return """
                # Server
                redis_version:%s
                redis_mode:standalone
                process_id:%d
                tcp_port:%d
                moa_name:%s
                # Clients
                connected_clients:%d
                maxclients:%d
                # Memory
                used_memory:%d
                # Persistence
                loading:0
                # Stats
                calls_in_flight:%d
                # Replication
                role:master
                connected_slaves:0
                # Cluster
                cluster_enabled:0
                """.formatted(
                        REDIS_VERSION,
                        ProcessHandle.current().pid(),
                        peers.port(),
                        peers.name(),
                        peers.count(),
                        peers.desk().limits().maxConnections(),
                        runtime.totalMemory() - runtime.freeMemory(),
                        peers.desk().inFlight())
                .replace("\n", "\r\n");
    }

    private static void command(RespConnection connection, RespParser in, ByteBuf out) {
        String sub = in.size() > 1 ? text(in, 1, MAX_NAME_LENGTH).toUpperCase(Locale.ROOT) : "";
        switch (sub) {
            case "" -> RespWriter.array(out, 0);
            case "DOCS" -> RespWriter.map(out, connection.version(), 0);
            case "COUNT" -> RespWriter.integer(out, 0);
            case "INFO", "LIST", "GETKEYS" -> RespWriter.array(out, 0);
            default ->
                RespWriter.error(
                        out, "ERR unknown subcommand '" + text(in, 1, MAX_NAME_LENGTH) + "'. Try COMMAND HELP.");
        }
    }

    private static void config(RespConnection connection, RespParser in, ByteBuf out) {
        String sub = in.size() > 1 ? text(in, 1, MAX_NAME_LENGTH).toUpperCase(Locale.ROOT) : "";
        switch (sub) {
            case "" -> wrongNumber("CONFIG", out);
            case "GET" -> RespWriter.map(out, connection.version(), 0);
            default ->
                RespWriter.error(
                        out, "ERR unknown subcommand '" + text(in, 1, MAX_NAME_LENGTH) + "'. Try CONFIG HELP.");
        }
    }

    private static void unknown(RespParser in, ByteBuf out) {
        StringBuilder arguments = new StringBuilder();
        for (int i = 1; i < in.size() && arguments.length() < MAX_NAME_LENGTH; i++) {
            arguments
                    .append('\'')
                    .append(text(in, i, MAX_NAME_LENGTH - arguments.length()))
                    .append("' ");
        }
        RespWriter.error(
                out,
                "ERR unknown command '" + text(in, 0, MAX_NAME_LENGTH) + "', with args beginning with: " + arguments);
    }

    private static void wrongNumber(String command, ByteBuf out) {
        RespWriter.error(out, "ERR wrong number of arguments for '" + command.toLowerCase(Locale.ROOT) + "' command");
    }

    private static boolean isClientName(String name) {
        return name.length() <= MAX_NAME_LENGTH && name.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }

    private static String text(RespParser in, int index) {
        return new String(in.element(index), StandardCharsets.UTF_8);
    }

    private static String text(RespParser in, int index, int maxBytes) {
        byte[] bytes = in.element(index);
        return new String(bytes, 0, Math.min(bytes.length, maxBytes), StandardCharsets.UTF_8);
    }
}
