package dev.moa.protocol.server;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A RESP client without a mind of its own. Replies: {@code +simple}, {@code -error} and {@code :1} with their type,
 * bulk strings bare, arrays as lists, maps as maps, null as null. Gives up after 5 s.
 */
final class RawClient implements AutoCloseable {

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    RawClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(5_000);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    int localPort() {
        return socket.getLocalPort();
    }

    void raw(String latin1) throws IOException {
        out.write(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    void command(String... words) throws IOException {
        StringBuilder text = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            text.append('$')
                    .append(word.getBytes(StandardCharsets.UTF_8).length)
                    .append("\r\n")
                    .append(word)
                    .append("\r\n");
        }
        out.write(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    @Nullable
    Object reply() throws IOException {
        String line = line();
        int count = line.length() > 1 && "$*%>".indexOf(line.charAt(0)) >= 0 ? Integer.parseInt(line.substring(1)) : 0;
        switch (line.charAt(0)) {
            case '+', '-', ':' -> {
                return line;
            }
            case '_' -> {
                return null;
            }
            case '$' -> {
                if (count < 0) {
                    return null;
                }
                byte[] bytes = in.readNBytes(count);
                line();
                return new String(bytes, StandardCharsets.UTF_8);
            }
            case '*', '>' -> {
                List<Object> list = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    list.add(reply());
                }
                return list;
            }
            case '%' -> {
                Map<Object, Object> map = new LinkedHashMap<>();
                for (int i = 0; i < count; i++) {
                    map.put(reply(), reply());
                }
                return map;
            }
            default -> throw new IOException("not RESP: " + line);
        }
    }

    /** Returns whether the other end has closed; waits for it. */
    boolean isAtEnd() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    /** Returns whether the other end has closed by now; there must be no reply on its way. */
    boolean hasEnded() throws IOException {
        socket.setSoTimeout(1);
        try {
            return isAtEnd();
        } catch (SocketTimeoutException e) {
            return false;
        } finally {
            socket.setSoTimeout(5_000);
        }
    }

    /** Returns all that still comes, until the other end closes. */
    String rest() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("closed after: " + line);
            }
            line.append((char) b);
        }
        return line.substring(0, line.length() - 1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
