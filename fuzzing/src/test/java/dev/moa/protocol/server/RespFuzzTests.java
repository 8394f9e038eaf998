package dev.moa.protocol.server;

import static dev.moa.protocol.server.FuzzedPort.require;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** RESP through the pipeline of a port; see {@link FuzzedPort} for what must hold. */
class RespFuzzTests {

    @FuzzTest
    void resp(byte[] input) {
        byte[] replies = FuzzedPort.check(input, "*2\r\n$4\r\nAUTH\r\n$6\r\ns3cret\r\n", "*");

        RespReplies reader = new RespReplies(replies);
        while (reader.hasMore()) {
            reader.skip(0);
        }
    }

    /** Reads replies of a port, to see that each is whole. */
    private static final class RespReplies {
        private final byte[] bytes;
        private int at;

        RespReplies(byte[] bytes) {
            this.bytes = bytes;
        }

        boolean hasMore() {
            return at < bytes.length;
        }

        void skip(int depth) {
            require(depth < 8, "replies are nested deeper than any reply is");
            int type = bytes[at];
            String line = line();
            switch (type) {
                case '+', '-', '_', '#' -> {}
                case ':' -> Long.parseLong(line);
                case '$' -> {
                    int length = Integer.parseInt(line);
                    if (length >= 0) {
                        at += length;
                        require(line().isEmpty(), "a bulk string is longer than it says");
                    }
                }
                case '*', '>', '~' -> skip(depth, Integer.parseInt(line));
                case '%' -> skip(depth, 2 * Integer.parseInt(line));
                default -> throw new AssertionError("not a reply: " + (char) type + line);
            }
        }

        private void skip(int depth, int count) {
            for (int i = 0; i < count; i++) {
                skip(depth + 1);
            }
        }

        /** Returns the rest of a line behind its first byte, or an empty line. */
        private String line() {
            int end = at;
            while (end + 1 < bytes.length && !(bytes[end] == '\r' && bytes[end + 1] == '\n')) {
                require(bytes[end] != '\n', "a line of a reply holds a line end");
                end++;
            }
            require(end + 1 < bytes.length, "the last reply is not whole");
            String line = end == at ? "" : new String(bytes, at + 1, end - at - 1, StandardCharsets.ISO_8859_1);
            at = end + 2;
            return line;
        }
    }
}
