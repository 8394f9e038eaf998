package dev.moa.protocol.server;

import dev.moa.protocol.resp.RespWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;

/**
 * The commands between MULTI and EXEC: a plain batch. Its calls run in parallel, its replies come in one array, and
 * nothing is undone when one of them fails.
 */
final class RespBlock {

    private final int maxCommands;
    private final long maxBytes;
    private final List<RespWords> commands = new ArrayList<>();
    private long bytes;
    private boolean spoilt;

    /** @param maxBytes of all its commands */
    RespBlock(int maxCommands, long maxBytes) {
        this.maxCommands = maxCommands;
        this.maxBytes = maxBytes;
    }

    /** Puts a command into the row, unless that is full. */
    void add(RespWords words, ByteBuf out) {
        bytes += words.length();
        if (commands.size() == maxCommands || bytes > maxBytes) {
            spoil();
            RespWriter.error(
                    out,
                    "ERR a MULTI of more than %d commands or %d bytes (expected: a shorter one)"
                            .formatted(maxCommands, maxBytes));
            return;
        }
        if (!spoilt) {
            commands.add(words);
        }
        RespWriter.simple(out, "QUEUED");
    }

    /** A command was wrong: EXEC runs none of them. */
    void spoil() {
        spoilt = true;
        commands.clear();
    }

    int size() {
        return commands.size();
    }

    /** Returns the bytes of its commands. */
    long heldBytes() {
        return spoilt ? 0 : bytes;
    }

    boolean isSpoilt() {
        return spoilt;
    }

    /** Starts all its calls and returns the reply, whose parts are in the order of the commands. */
    RespReply start(RespConnection connection, RespCommands table) {
        List<RespReply> parts = new ArrayList<>(commands.size());
        for (RespWords words : commands) {
            switch (words.name()) {
                case "GET" -> parts.add(connection.startGet(words.bytes(1)));
                case "MGET" -> parts.add(new RespBatch(connection, words));
                default -> {
                    ByteBuf reply = Unpooled.buffer(64);
                    table.run(connection, words, reply);
                    parts.add(new RespReply.Done(ByteBufUtil.getBytes(reply)));
                }
            }
        }
        return new Parts(parts);
    }

    /** Replies that leave together, as one array. */
    private static final class Parts implements RespReply {
        private final List<RespReply> parts;
        private final int calls;
        private final int bytes;
        private int ready;

        Parts(List<RespReply> parts) {
            this.parts = parts;
            this.calls = parts.stream().mapToInt(RespReply::calls).sum();
            this.bytes = parts.stream().mapToInt(RespReply::bytes).sum();
        }

        @Override
        public boolean isReady() {
            while (ready < parts.size() && parts.get(ready).isReady()) {
                ready++;
            }
            return ready == parts.size();
        }

        @Override
        public void write(ByteBuf out) {
            RespWriter.array(out, parts.size());
            parts.forEach(each -> each.write(out));
        }

        @Override
        public void abandon() {
            parts.forEach(RespReply::abandon);
        }

        @Override
        public int calls() {
            return calls;
        }

        @Override
        public int bytes() {
            return bytes;
        }
    }
}
