package dev.moa.router.sentinel;

import dev.moa.protocol.resp.RespVersion;
import dev.moa.protocol.resp.RespWriter;
import dev.moa.protocol.server.RespSession;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The channels and patterns of one connection, and the messages that go there. Safe for many threads. */
final class Subscriber {
    private static final int MAX_CHANNELS = 64;
    private static final int MAX_NAME_LENGTH = 128;

    private final RespSession session;
    private final Set<String> channels = new LinkedHashSet<>();
    private final Set<String> patterns = new LinkedHashSet<>();

    Subscriber(RespSession session) {
        this.session = session;
    }

    /** Returns who the client is, as {@link Choice} has it. */
    String client() {
        return Choice.client(session.address(), session.clientName());
    }

    synchronized boolean isEmpty() {
        return channels.isEmpty() && patterns.isEmpty();
    }

    /** Runs SUBSCRIBE, PSUBSCRIBE, UNSUBSCRIBE or PUNSUBSCRIBE; returns the confirmations. */
    synchronized byte[] run(String command, List<String> names) {
        boolean isPattern = command.startsWith("P");
        Set<String> set = isPattern ? patterns : channels;
        String word = command.toLowerCase(java.util.Locale.ROOT);
        ByteBuf out = Unpooled.buffer(64);
        if (word.endsWith("unsubscribe")) {
            List<String> leaving = names.isEmpty() ? List.copyOf(set) : names;
            for (String name : leaving) {
                set.remove(name);
                confirm(out, word, name);
            }
            if (leaving.isEmpty()) {
                RespWriter.push(out, session.version(), 3);
                RespWriter.bulk(out, word);
                RespWriter.nothing(out, session.version());
                RespWriter.integer(out, count());
            }
            return ByteBufUtil.getBytes(out);
        }
        for (String name : names) {
            if (name.length() > MAX_NAME_LENGTH || count() >= MAX_CHANNELS) {
                RespWriter.error(
                        out,
                        "ERR at most %d channels of at most %d characters".formatted(MAX_CHANNELS, MAX_NAME_LENGTH));
                return ByteBufUtil.getBytes(out);
            }
            set.add(name);
            confirm(out, word, name);
        }
        return ByteBufUtil.getBytes(out);
    }

    private void confirm(ByteBuf out, String word, String name) {
        RespWriter.push(out, session.version(), 3);
        RespWriter.bulk(out, word);
        RespWriter.bulk(out, name);
        RespWriter.integer(out, count());
    }

    private int count() {
        return channels.size() + patterns.size();
    }

    /** Sends a message to the channel and to every pattern that it matches, as Redis does. */
    synchronized void publish(String channel, String message) {
        RespVersion version = session.version();
        if (channels.contains(channel)) {
            send(version, "message", channel, message);
        }
        for (String pattern : patterns) {
            if (matches(pattern, 0, channel, 0)) {
                send(version, "pmessage", pattern, channel, message);
            }
        }
    }

    private void send(RespVersion version, String... parts) {
        ByteBuf out = Unpooled.buffer(128);
        RespWriter.push(out, version, parts.length);
        for (String part : parts) {
            RespWriter.bulk(out, part);
        }
        session.push(ByteBufUtil.getBytes(out));
    }

    /** Matches the stars and question marks of a Redis pattern; channels of Sentinel need no more. */
    static boolean matches(String pattern, int p, String text, int t) {
        int at = t;
        for (int i = p; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '*') {
                int next = i;
                while (next < pattern.length() && pattern.charAt(next) == '*') {
                    next++;
                }
                if (next == pattern.length()) {
                    return true;
                }
                for (int rest = at; rest < text.length(); rest++) {
                    if (matches(pattern, next, text, rest)) {
                        return true;
                    }
                }
                return false;
            }
            if (at == text.length() || (c != '?' && c != text.charAt(at))) {
                return false;
            }
            at++;
        }
        return at == text.length();
    }
}
