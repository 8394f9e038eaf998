package dev.moa.benchmarks.load.registry;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.regex.Pattern;

/** moa's registry by REST: watches as server-sent events, registrations on connections that stay open. */
public final class MoaPeer implements RegistryPeer {
    private static final String HOST = "\"host\":\"10.";

    private static final Pattern CHUNK = Pattern.compile("\r\n[0-9a-f]+\r\n");

    private final int port;
    private final Readers readers = new Readers();

    private MoaPeer(int port) throws IOException {
        this.port = port;
    }

    /** Takes the registry's HTTP port. */
    public static void main(String[] arguments) throws Exception {
        RegistryLoad.serve(new MoaPeer(Integer.parseInt(arguments[0])));
    }

    @Override
    public void watch(List<String> services, IntConsumer told) throws IOException {
        String query = "service=" + String.join("&service=", services);
        readers.open(
                port,
                "GET /v1/watch?" + query + " HTTP/1.1\r\nHost: bench\r\n\r\n",
                answer -> answer.contains("event:token"),
                text -> events(text, told));
    }

    // an event ends with an empty line
    private static String events(String received, IntConsumer told) {
        // an event may lie across two chunks of HTTP
        String text = CHUNK.matcher(received).replaceAll("");
        int begin = 0;
        for (int end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n", begin)) {
            int changes = text.indexOf("\"changes\":", begin);
            if (changes >= 0 && changes < end) {
                for (int at = text.indexOf(HOST, changes); at >= 0 && at < end; at = text.indexOf(HOST, at + 1)) {
                    int host = at + HOST.length() - "10.".length();
                    told.accept(RegistryPeer.number(text.substring(host, text.indexOf('"', host))));
                }
            }
            begin = end + 2;
        }
        return text.substring(begin);
    }

    @Override
    public Session session(int thread) throws IOException {
        return new HttpSession(new Socket("127.0.0.1", port));
    }

    private static String body(String service, int number) {
        return ("{\"service\":\"%s\",\"host\":\"%s\",\"port\":7000,\"ttlSeconds\":3600,"
                        + "\"metadata\":{\"payload\":\"%s\"}}")
                .formatted(service, RegistryPeer.host(number), RegistryPeer.metadata());
    }

    private static final class HttpSession implements Session {
        private final OutputStream out;
        private final InputStream in;

        HttpSession(Socket socket) throws IOException {
            socket.setTcpNoDelay(true);
            out = socket.getOutputStream();
            in = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
        }

        @Override
        public void register(String service, int number) throws IOException {
            post("/v1/instances", body(service, number), 201);
        }

        @Override
        public void registerAll(List<String> services, int firstNumber) throws IOException {
            StringBuilder all = new StringBuilder("{\"instances\":[");
            for (int i = 0; i < services.size(); i++) {
                all.append(i == 0 ? "" : ",").append(body(services.get(i), firstNumber + i));
            }
            String answer = post("/v1/instances/batch", all.append("]}").toString(), 200);
            if (answer.contains("\"problem\"")) {
                throw new IOException(answer);
            }
        }

        private String post(String path, String body, int expected) throws IOException {
            byte[] bytes = ("POST " + path + " HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
                            + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                    .getBytes(StandardCharsets.US_ASCII);
            out.write(bytes);
            String status = line();
            int length = -1;
            for (String header = line(); !header.isEmpty(); header = line()) {
                if (header.regionMatches(true, 0, "content-length:", 0, 15)) {
                    length = Integer.parseInt(header.substring(15).strip());
                }
            }
            String answer = length >= 0 ? text(length) : chunks();
            if (!status.contains(" " + expected)) {
                throw new IOException(status + " " + answer);
            }
            return answer;
        }

        private String chunks() throws IOException {
            StringBuilder all = new StringBuilder();
            for (int length = Integer.parseInt(line(), 16); length > 0; length = Integer.parseInt(line(), 16)) {
                all.append(text(length));
                line();
            }
            line();
            return all.toString();
        }

        private String text(int length) throws IOException {
            return new String(in.readNBytes(length), StandardCharsets.UTF_8);
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw new IOException("the registry closed the connection");
                }
                if (c != '\r') {
                    line.append((char) c);
                }
            }
            return line.toString();
        }
    }
}
