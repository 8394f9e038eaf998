package dev.moa.dev.cli;

import dev.moa.dev.PlatformException;
import dev.moa.dev.parts.Layout;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code call SERVICE METHOD [ARGS…]}: one call as any Redis client makes it, a {@code GET} at the port of the
 * parallel proxy. An argument that is JSON is sent as such, any other as a string; with {@code --why} the answer says
 * which instances were weighed and how. Exit code 1 if the call failed.
 */
final class CallCommand {
    private static final int LARGEST_REPLY = 16 * 1024 * 1024;
    private static final int USUAL_PORT = 6383;

    private final Path home;
    private final Console console;
    private final JsonMapper json =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    CallCommand(Path home, Console console) {
        this.home = home;
        this.console = console;
    }

    int run(Arguments arguments) throws IOException {
        int offset = arguments.number("--port-offset", 0);
        int timeoutMs = arguments.number("--timeout", 5_000);
        Layout layout = Layout.of(home, offset);
        int port = arguments.number("--port", RunningPlatform.port(layout, "parallel-proxy.moa", USUAL_PORT + offset));
        boolean why = arguments.flag("--why");
        Deque<String> words = arguments.everything();
        if (words.size() < 2) {
            throw new UsageException(
                    "call: needs a service and a method, as in ./moa call /service/helloworld hello '\"world\"'");
        }
        ObjectNode request = json.createObjectNode();
        request.put("service", words.removeFirst());
        request.put("method", words.removeFirst());
        ArrayNode args = request.putArray("args");
        words.forEach(word -> args.add(parse(word)));
        ObjectNode ctx = request.putObject("ctx").put("app", "moa-cli").put("timeoutMs", timeoutMs);
        if (why) {
            ctx.putObject("tags").put("moa-why", "1");
        }
        JsonNode response = json.readTree(get(
                port,
                timeoutMs,
                json.writer().without(SerializationFeature.INDENT_OUTPUT).writeValueAsBytes(request)));
        console.line(json.writeValueAsString(response));
        return response.path("code").asInt(-1) == 0 ? 0 : 1;
    }

    private JsonNode parse(String word) {
        try {
            JsonNode node = json.readTree(word);
            return node.isMissingNode() ? json.getNodeFactory().stringNode(word) : node;
        } catch (JacksonException text) {
            return json.getNodeFactory().stringNode(word);
        }
    }

    private byte[] get(int port, int timeoutMs, byte[] request) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
            // the proxy answers at the deadline; this is for one that does not
            socket.setSoTimeout(timeoutMs + 2_000);
            DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            String token = System.getenv("MOA_TOKEN");
            if (token != null && !token.isBlank()) {
                send(socket, List.of("AUTH".getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8)));
                read(in);
            }
            send(socket, List.of("GET".getBytes(StandardCharsets.UTF_8), request));
            byte[] reply = read(in);
            if (reply == null) {
                throw new PlatformException("port %d answered null, which a moa port never does".formatted(port));
            }
            return reply;
        } catch (ConnectException e) {
            throw new PlatformException(
                    "nothing listens on port %d (the parallel proxy's moa port); is the platform up? ./moa status"
                            .formatted(port));
        }
    }

    private static void send(Socket socket, List<byte[]> words) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("*%d\r\n".formatted(words.size()).getBytes(StandardCharsets.US_ASCII));
        for (byte[] word : words) {
            out.writeBytes("$%d\r\n".formatted(word.length).getBytes(StandardCharsets.US_ASCII));
            out.writeBytes(word);
            out.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        socket.getOutputStream().write(out.toByteArray());
    }

    private static byte @Nullable [] read(DataInputStream in) throws IOException {
        String head = line(in);
        String rest = head.isEmpty() ? "" : head.substring(1);
        if (head.startsWith("$")) {
            int size = Integer.parseInt(rest);
            if (size < 0) {
                return null;
            }
            if (size > LARGEST_REPLY) {
                throw new PlatformException(
                        "a reply of %d bytes (expected: at most %d)".formatted(size, LARGEST_REPLY));
            }
            byte[] body = new byte[size];
            in.readFully(body);
            line(in);
            return body;
        }
        if (head.startsWith("+")) {
            return rest.getBytes(StandardCharsets.UTF_8);
        }
        throw new PlatformException("the moa port refused: " + head);
    }

    private static String line(DataInputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        int b;
        while ((b = in.readByte()) != '\n') {
            if (b != '\r') {
                line.append((char) b);
            }
            if (line.length() > 4_096) {
                throw new PlatformException("not a moa port: a line of more than 4096 characters");
            }
        }
        return line.toString();
    }
}
