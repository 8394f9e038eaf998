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
        String line = line();
        String text = line.substring(1);
        switch (line.charAt(0)) {
            case '+':
                return text;
            case '-':
                throw new ErrorReply(text);
            case ':':
                return Long.valueOf(text);
            case '$':
                int length = Integer.parseInt(text);
                if (length < 0) {
                    return null;
                }
                byte[] bulk = in.readNBytes(length);
                in.skipNBytes(2);
                return new String(bulk, StandardCharsets.UTF_8);
            case '*':
                int count = Integer.parseInt(text);
                if (count < 0) {
                    return null;
                }
                List<@Nullable Object> list = new ArrayList<>(count);
                for (int i = 0; i < count; i++) {
                    list.add(reply());
                }
                return list;
            default:
                throw new IOException("reply: '" + line + "' (expected: RESP2)");
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the connection was closed");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
