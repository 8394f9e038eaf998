package dev.moa.protocol.server;

import dev.moa.protocol.Caller;
import dev.moa.protocol.resp.RespVersion;
import dev.moa.protocol.resp.RespWriter;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** HELLO and AUTH: who a RESP connection is, and what it speaks. */
final class RespGreeting {

    private static final String WRONGPASS = "WRONGPASS invalid username-password pair or user is disabled.";
    private static final int MAX_REFUSED_SECRETS = 10;

    private RespGreeting() {}

    static void hello(RespConnection connection, RespWords words, ByteBuf out) {
        int next = 1;
        RespVersion version = connection.version();
        if (words.size() > 1) {
            String asked = words.text(next++, 16);
            switch (asked) {
                case "2" -> version = RespVersion.RESP2;
                case "3" -> version = RespVersion.RESP3;
                default -> {
                    RespWriter.error(
                            out,
                            RespCommands.isNumber(asked)
                                    ? "NOPROTO unsupported protocol version"
                                    : "ERR Protocol version is not an integer or out of range");
                    return;
                }
            }
        }
        String user = null;
        String secret = null;
        String name = null;
        while (next < words.size()) {
            String option = words.option(next);
            int more = words.size() - next - 1;
            if (option.equals("AUTH") && more >= 2) {
                user = words.text(next + 1);
                secret = words.text(next + 2);
                next += 3;
            } else if (option.equals("SETNAME") && more >= 1) {
                name = words.text(next + 1);
                if (!RespClients.isClientName(name)) {
                    RespWriter.error(out, RespClients.BAD_NAME);
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
        RespWriter.bulk(out, RespCommands.REDIS_VERSION);
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

    static void auth(RespConnection connection, RespWords words, ByteBuf out) {
        int arguments = words.arguments();
        if (arguments == 1 && !connection.peer().desk().authenticator().isRequired()) {
            RespWriter.error(
                    out,
                    "ERR AUTH <password> called without any password configured for the default user. Are you sure"
                            + " your configuration is correct?");
            return;
        }
        boolean admitted = admit(connection, arguments == 2 ? words.text(1) : null, words.text(arguments));
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
}
