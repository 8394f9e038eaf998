package dev.moa.benchmarks;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One kept HTTP/1.1 connection that sends ready bytes and reads the whole answer: thousands of them cost the load
 * hardly anything. For one thread at a time.
 */
final class RawHttp implements AutoCloseable {
    private static final int TIMEOUT_MS = 10_000;

    private final int port;
    private @Nullable Socket socket;
    private InputStream in = InputStream.nullInputStream();

    /** What came back. */
    record Answer(int status, byte[] body) {}

    RawHttp(int port) {
        this.port = port;
    }

    /** Returns a request with a JSON body, as it is sent. */
    static byte[] request(String method, String path, String json) {
        return ("%s %s HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s")
                .formatted(method, path, json.length(), json)
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Sends a request, over a new connection where the server has ended the last one. */
    Answer send(byte[] request) throws IOException {
        if (socket != null) {
            try {
                return exchange(socket, request);
            } catch (EOFException | SocketException ended) {
                close();
            }
        }
        Socket fresh = new Socket("127.0.0.1", port);
        socket = fresh;
        fresh.setTcpNoDelay(true);
        fresh.setSoTimeout(TIMEOUT_MS);
        in = new BufferedInputStream(fresh.getInputStream(), 2_048);
        return exchange(fresh, request);
    }

    private Answer exchange(Socket over, byte[] request) throws IOException {
        over.getOutputStream().write(request);
        int status = Integer.parseInt(line().substring(9, 12));
        int length = -1;
        boolean isChunked = false;
        boolean isLast = false;
        for (String header = line(); !header.isEmpty(); header = line()) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(lower.substring(15).strip());
            }
            isChunked |= lower.startsWith("transfer-encoding:");
            isLast |= lower.equals("connection: close");
        }
        Answer answer = new Answer(status, isChunked ? chunks() : exactly(Math.max(0, length)));
        if (isLast) {
            close();
        }
        return answer;
    }

    private byte[] chunks() throws IOException {
        byte[] all = new byte[0];
        while (true) {
            byte[] chunk = exactly(Integer.parseInt(line(), 16));
            line();
            if (chunk.length == 0) {
                return all;
            }
            byte[] longer = Arrays.copyOf(all, all.length + chunk.length);
            System.arraycopy(chunk, 0, longer, all.length, chunk.length);
            all = longer;
        }
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the connection ended in an answer");
        }
        return bytes;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder(64);
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the connection ended in an answer");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        if (socket != null) {
            socket.close();
            socket = null;
        }
    }
}
