package dev.moa.benchmarks;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import tools.jackson.databind.json.JsonMapper;

/** One RESP connection that sends the same GET many times in each write, and holds the replies against what is right. */
final class PipelinedGets implements AutoCloseable {

    private static final int TIMEOUT_MS = 30_000;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final int pipeline;
    private final byte[] requests;
    private final byte[] expected;
    private final byte[] replies;

    PipelinedGets(int port, String key, String reply, int pipeline) throws IOException {
        this.socket = new Socket("127.0.0.1", port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MS);
        this.in = new DataInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
        this.pipeline = pipeline;
        this.requests = command("GET", key).repeat(pipeline).getBytes(StandardCharsets.US_ASCII);
        this.expected = "$%d\r\n%s\r\n"
                .formatted(reply.length(), reply)
                .repeat(pipeline)
                .getBytes(StandardCharsets.US_ASCII);
        this.replies = new byte[expected.length];
    }

    /** Returns the bytes of one request and its reply. */
    int bytesPerCall() {
        return (requests.length + expected.length) / pipeline;
    }

    /** Makes so many calls, rounded up to whole writes. */
    void run(int calls) throws IOException {
        for (int done = 0; done < calls; done += pipeline) {
            out.write(requests);
            in.readFully(replies);
            if (!Arrays.equals(replies, expected)) {
                throw new IOException("a reply is not the one that was expected: "
                        + new String(replies, 0, 200, StandardCharsets.US_ASCII));
            }
        }
    }

    /** Sends one command whose reply is a bulk string, and returns it. */
    String ask(String name, String argument) throws IOException {
        out.write(command(name, argument).getBytes(StandardCharsets.US_ASCII));
        int length = 0;
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException();
            }
            length = b >= '0' && b <= '9' ? length * 10 + b - '0' : length;
        }
        byte[] bytes = new byte[length + 2];
        in.readFully(bytes);
        return new String(bytes, 0, length, StandardCharsets.US_ASCII);
    }

    /** Returns what the process behind the port, a {@link BenchServer}, has used. */
    Usage usage() throws IOException {
        String json = ask("GET", "{\"service\":\"/service/bench\",\"method\":\"usage\"}");
        return JSON.treeToValue(JSON.readTree(json).get("result"), Usage.class);
    }

    private static String command(String name, String argument) {
        return "*2\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n".formatted(name.length(), name, argument.length(), argument);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
