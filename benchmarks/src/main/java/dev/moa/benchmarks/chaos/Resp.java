package dev.moa.benchmarks.chaos;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection that speaks RESP2, one question at a time. */
final class Resp implements AutoCloseable {
    private final Socket socket = new Socket();
    private final InputStream in;

    Resp(int port, int timeoutMs) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(timeoutMs);
        try {
            socket.connect(new InetSocketAddress("127.0.0.1", port), timeoutMs);
            in = new BufferedInputStream(socket.getInputStream());
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** An error reply. */
    static final class ErrorReply extends IOException {
        private static final long serialVersionUID = 1L;

        ErrorReply(String message) {
            super(message);
        }
    }

    /**
     * Returns a String, a Long, a List, or null.
     *
     * @throws ErrorReply if the reply is an error
     */
    @Nullable
    Object ask(String... words) throws IOException {
        StringBuilder out = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            out.append('$')
                    .append(word.getBytes(StandardCharsets.UTF_8).length)
                    .append("\r\n")
                    .append(word)
                    .append("\r\n");
        }
        socket.getOutputStream().write(out.toString().getBytes(StandardCharsets.UTF_8));
        return reply();
    }

    /** As {@link #ask}, on a connection of its own. */
    static @Nullable Object once(int port, int timeoutMs, String... words) throws IOException {
        try (Resp resp = new Resp(port, timeoutMs)) {
            return resp.ask(words);
        }
    }

    private @Nullable Object reply() throws IOException {
        int type = read();
        switch (type) {
            case '+':
                return line();
            case '-':
                throw new ErrorReply(line());
            case ':':
                return number();
            case '$':
                int length = (int) number();
                if (length < 0) {
                    return null;
                }
                byte[] bulk = in.readNBytes(length);
                number();
                return new String(bulk, StandardCharsets.UTF_8);
            case '*':
                int count = (int) number();
                if (count < 0) {
                    return null;
                }
                List<@Nullable Object> list = new ArrayList<>(count);
                for (int i = 0; i < count; i++) {
                    list.add(reply());
                }
                return list;
            default:
                throw new IOException("reply: '" + (char) type + line() + "' (expected: RESP2)");
        }
    }

    /** The digits until the end of the line; 0 where there are none. */
    private long number() throws IOException {
        long number = 0;
        boolean isNegative = false;
        for (int next = read(); next != '\n'; next = read()) {
            if (next == '-') {
                isNegative = true;
            } else if (next != '\r') {
                number = number * 10 + next - '0';
            }
        }
        return isNegative ? -number : number;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = read(); next != '\n'; next = read()) {
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    private int read() throws IOException {
        int next = in.read();
        if (next < 0) {
            throw new EOFException("the connection was closed");
        }
        return next;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
