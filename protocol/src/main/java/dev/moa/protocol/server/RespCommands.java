package dev.moa.protocol.server;

import dev.moa.protocol.resp.RespVersion;
import dev.moa.protocol.resp.RespWriter;
import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What stock Redis clients ask for around their {@code GET}s, answered as Redis 7.0 does; the table is in
 * {@code docs/protocol.md}. One per port; what belongs to a connection is in the connection.
 */
final class RespCommands {

    /** What the port claims to be: clients choose what they use by it. */
    static final String REDIS_VERSION = "7.0.15";

    private static final String NOAUTH = "NOAUTH Authentication required.";
    /** So that a stranger's few bytes do not become many of replies. */
    private static final int MAX_COMMANDS_BEFORE_AUTH = 100;

    private static final Set<String> BEFORE_AUTH = Set.of("AUTH", "HELLO", "QUIT", "RESET");
    /** What is not put into the row between MULTI and EXEC. */
    private static final Set<String> NEVER_QUEUED = Set.of("MULTI", "EXEC", "DISCARD", "WATCH", "RESET", "QUIT");

    private static final Set<String> WITH_SUBCOMMANDS = Set.of("CLIENT", "COMMAND", "CONFIG", "MODULE", "CLUSTER");

    private static final int ANY = Integer.MAX_VALUE;

    /** Writes the reply of a command whose number of arguments is right. */
    interface Command {
        void run(RespConnection connection, RespWords words, ByteBuf out);
    }

    private record Entry(int minArguments, int maxArguments, Command command) {}

    private final PeerBook peers;
    private final @Nullable RespExtension extension;
    private final Map<String, Entry> table = new HashMap<>();

    RespCommands(PeerBook peers, @Nullable RespExtension extension) {
        this.peers = peers;
        this.extension = extension;
        // served by the connection itself; here for the number of their arguments
        put("GET", 1, 1, RespCommands::unreachable);
        put("MGET", 1, ANY, RespCommands::unreachable);
        put("EXEC", 0, 0, RespCommands::unreachable);

        put("PING", 0, 1, RespCommands::ping);
        put("ECHO", 1, 1, (connection, words, out) -> RespWriter.bulk(out, words.bytes(1)));
        put("SELECT", 1, 1, RespCommands::select);
        put("HELLO", 0, ANY, RespGreeting::hello);
        put("AUTH", 1, 2, RespGreeting::auth);
        put("CLIENT", 1, ANY, new RespClients(peers)::run);
        put("INFO", 0, ANY, new RespInfo(peers)::run);
        put("COMMAND", 0, ANY, RespCommands::command);
        put("CONFIG", 1, ANY, RespCommands::config);
        put("ROLE", 0, 0, RespCommands::role);
        put(
                "CLUSTER",
                1,
                ANY,
                (connection, words, out) -> RespWriter.error(out, "ERR This instance has cluster support disabled"));
        put("MODULE", 1, ANY, RespCommands::module);
        for (String name : Set.of("READONLY", "READWRITE", "ASKING")) {
            put(name, 0, 0, (connection, words, out) -> RespWriter.simple(out, "OK"));
        }
        put("MULTI", 0, 0, RespCommands::multi);
        put("DISCARD", 0, 0, RespCommands::discard);
        put("WATCH", 1, ANY, RespCommands::watch);
        put("UNWATCH", 0, 0, (connection, words, out) -> RespWriter.simple(out, "OK"));
        put("RESET", 0, 0, RespCommands::reset);
        put("QUIT", 0, ANY, (connection, words, out) -> {
            RespWriter.simple(out, "OK");
            connection.quit();
        });
    }

    private void put(String name, int minArguments, int maxArguments, Command command) {
        table.put(name, new Entry(minArguments, maxArguments, command));
    }

    String portName() {
        return peers.name();
    }

    /** Runs a command: writes its reply, or returns it if it has to be waited for. */
    @Nullable
    RespReply run(RespConnection connection, RespWords words, ByteBuf out) {
        String name = words.name();
        if (!connection.peer().isAdmitted()) {
            if (connection.countCommandBeforeAuth() > MAX_COMMANDS_BEFORE_AUTH) {
                RespWriter.error(
                        out, "NOAUTH %d commands and no token yet, goodbye".formatted(MAX_COMMANDS_BEFORE_AUTH));
                connection.quit();
                return null;
            }
            if (!BEFORE_AUTH.contains(name)) {
                RespWriter.error(out, NOAUTH);
                return null;
            }
        }
        RespBlock block = connection.block();
        if (extension != null && block == null && extension.commands().contains(name)) {
            CompletionStage<byte[]> reply = extension.run(connection, words.texts());
            if (reply != null) {
                return new RespLater(connection, name, reply);
            }
        }
        Entry entry = table.get(name);
        connection.peer().command(entry == null ? "NULL" : said(words));
        String fault = fault(words, entry);
        if (fault != null || entry == null) {
            if (block != null) {
                block.spoil();
            }
            RespWriter.error(out, String.valueOf(fault));
        } else if (block != null && !NEVER_QUEUED.contains(name)) {
            block.add(words, out);
            connection.peer().queued(block.size());
        } else if (name.equals("EXEC")) {
            return exec(connection, block, out);
        } else {
            entry.command.run(connection, words, out);
        }
        return null;
    }

    /** Returns the command as CLIENT LIST shows it. */
    private static String said(RespWords words) {
        String name = words.name().toLowerCase(Locale.ROOT);
        String second = words.option(1).toLowerCase(Locale.ROOT);
        return !second.isEmpty() && WITH_SUBCOMMANDS.contains(words.name()) && RespClients.isClientName(second)
                ? name + '|' + second
                : name;
    }

    private static @Nullable String fault(RespWords words, @Nullable Entry entry) {
        if (entry == null) {
            return unknown(words);
        }
        if (words.arguments() < entry.minArguments || words.arguments() > entry.maxArguments) {
            return wrongNumber(words.name());
        }
        return null;
    }

    // ---- MULTI

    private static void multi(RespConnection connection, RespWords words, ByteBuf out) {
        if (connection.block() != null) {
            RespWriter.error(out, "ERR MULTI calls can not be nested");
            return;
        }
        PortLimits limits = connection.peer().desk().limits();
        connection.block(new RespBlock(limits.maxArguments(), limits.maxInFlightBytesPerConnection()));
        RespWriter.simple(out, "OK");
    }

    private static void discard(RespConnection connection, RespWords words, ByteBuf out) {
        if (connection.block() == null) {
            RespWriter.error(out, "ERR DISCARD without MULTI");
            return;
        }
        connection.block(null);
        RespWriter.simple(out, "OK");
    }

    private static void watch(RespConnection connection, RespWords words, ByteBuf out) {
        if (connection.block() != null) {
            RespWriter.error(out, "ERR WATCH inside MULTI is not allowed");
        } else {
            // calls have no versions that could change: what is watched never does
            RespWriter.simple(out, "OK");
        }
    }

    private @Nullable RespReply exec(RespConnection connection, @Nullable RespBlock block, ByteBuf out) {
        if (block == null) {
            RespWriter.error(out, "ERR EXEC without MULTI");
            return null;
        }
        connection.block(null);
        if (block.isSpoilt()) {
            RespWriter.error(out, "EXECABORT Transaction discarded because of previous errors.");
            return null;
        }
        return block.start(connection, this);
    }

    // ---- the rest

    private static void ping(RespConnection connection, RespWords words, ByteBuf out) {
        if (words.arguments() == 1) {
            RespWriter.bulk(out, words.bytes(1));
        } else {
            RespWriter.simple(out, "PONG");
        }
    }

    private static void select(RespConnection connection, RespWords words, ByteBuf out) {
        if (isNumber(words.text(1, 12))) {
            RespWriter.simple(out, "OK");
        } else {
            RespWriter.error(out, "ERR value is not an integer or out of range");
        }
    }

    private static void command(RespConnection connection, RespWords words, ByteBuf out) {
        switch (words.option(1)) {
            case "", "INFO", "LIST", "GETKEYS" -> RespWriter.array(out, 0);
            case "DOCS" -> RespWriter.map(out, connection.version(), 0);
            case "COUNT" -> RespWriter.integer(out, 0);
            default -> RespWriter.error(out, unknownSubcommand(words));
        }
    }

    private static void config(RespConnection connection, RespWords words, ByteBuf out) {
        if (words.option(1).equals("GET")) {
            RespWriter.map(out, connection.version(), 0);
        } else {
            RespWriter.error(out, unknownSubcommand(words));
        }
    }

    private static void role(RespConnection connection, RespWords words, ByteBuf out) {
        RespWriter.array(out, 3);
        RespWriter.bulk(out, "master");
        RespWriter.integer(out, 0);
        RespWriter.array(out, 0);
    }

    private static void module(RespConnection connection, RespWords words, ByteBuf out) {
        if (words.option(1).equals("LIST")) {
            RespWriter.array(out, 0);
        } else {
            RespWriter.error(out, unknownSubcommand(words));
        }
    }

    private static void reset(RespConnection connection, RespWords words, ByteBuf out) {
        connection.peer().forget();
        connection.peer().name("");
        connection.block(null);
        connection.moveNotice(RespConnection.MoveNotice.NONE);
        connection.version(RespVersion.RESP2);
        connection.applyLimits();
        RespWriter.simple(out, "RESET");
    }

    private static void unreachable(RespConnection connection, RespWords words, ByteBuf out) {
        throw new IllegalStateException(words.name() + " is served by the connection");
    }

    private static String unknown(RespWords words) {
        StringBuilder arguments = new StringBuilder();
        for (int i = 1; i < words.size() && arguments.length() < RespWords.MAX_NAME_LENGTH; i++) {
            arguments
                    .append('\'')
                    .append(words.text(i, RespWords.MAX_NAME_LENGTH - arguments.length()))
                    .append("' ");
        }
        return "ERR unknown command '" + words.text(0, RespWords.MAX_NAME_LENGTH) + "', with args beginning with: "
                + arguments;
    }

    static String unknownSubcommand(RespWords words) {
        return "ERR unknown subcommand '" + words.text(1, RespWords.MAX_NAME_LENGTH) + "'. Try " + words.name()
                + " HELP.";
    }

    static String wrongNumber(String command) {
        return "ERR wrong number of arguments for '" + command.toLowerCase(Locale.ROOT) + "' command";
    }

    /** Returns whether it is a whole number of at most nine digits, without a sign. */
    static boolean isNumber(String text) {
        return !text.isEmpty() && text.length() <= 9 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
