package dev.moa.benchmarks.load.registry;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntConsumer;

/** moa's registry by its moa port, as any Redis client: watches by SUBSCRIBE, registrations as calls by GET. */
public final class MoaPeer implements RegistryPeer {
    private static final String CHANGE = "\"changes\":";
    private static final String HOST = "\"host\":\"10.";

    private final int port;
    private final Readers readers = new Readers();

    private MoaPeer(int port) throws IOException {
        this.port = port;
    }

    /** Takes the registry's moa port. */
    public static void main(String[] arguments) throws Exception {
        RegistryLoad.serve(new MoaPeer(Integer.parseInt(arguments[0])));
    }

    private static String command(String name, List<String> arguments) {
        StringBuilder command =
                new StringBuilder("*%d\r\n$%d\r\n%s\r\n".formatted(arguments.size() + 1, name.length(), name));
        for (String each : arguments) {
            command.append('$')
                    .append(each.length())
                    .append("\r\n")
                    .append(each)
                    .append("\r\n");
        }
        return command.toString();
    }

    @Override
    public void watch(List<String> services, IntConsumer told) throws IOException {
        readers.open(
                port,
                command("SUBSCRIBE", services),
                // every service has a snapshot once all are watched
                answer -> answer.split("\"snapshot\":", -1).length > services.size() && answer.endsWith("}]}\r\n"),
                text -> messages(text, told));
    }

    // the JSON of a message ends with a line
    private static String messages(String text, IntConsumer told) {
        int begin = 0;
        for (int end = text.indexOf("}\r\n"); end >= 0; end = text.indexOf("}\r\n", begin)) {
            int changes = text.indexOf(CHANGE, begin);
            if (changes >= 0 && changes < end) {
                for (int at = text.indexOf(HOST, changes); at >= 0 && at < end; at = text.indexOf(HOST, at + 1)) {
                    int host = at + HOST.length() - "10.".length();
                    told.accept(RegistryPeer.number(text.substring(host, text.indexOf('"', host))));
                }
            }
            begin = end + 3;
        }
        return text.substring(begin);
    }

    @Override
    public Session session(int thread) throws IOException {
        return new RespCalls(new Socket("127.0.0.1", port));
    }

    private static String body(String service, int number) {
        return ("{\"service\":\"%s\",\"host\":\"%s\",\"port\":7000,\"ttlSeconds\":3600,"
                        + "\"metadata\":{\"payload\":\"%s\"}}")
                .formatted(service, RegistryPeer.host(number), RegistryPeer.metadata());
    }

    private static final class RespCalls implements Session {
        private final OutputStream out;
        private final InputStream in;

        RespCalls(Socket socket) throws IOException {
            socket.setTcpNoDelay(true);
            out = socket.getOutputStream();
            in = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
        }

        @Override
        public void register(String service, int number) throws IOException {
            call("register", body(service, number));
        }

        @Override
        public void registerAll(List<String> services, int firstNumber) throws IOException {
            StringBuilder all = new StringBuilder("[");
            for (int i = 0; i < services.size(); i++) {
                all.append(i == 0 ? "" : ",").append(body(services.get(i), firstNumber + i));
            }
            String answer = call("registerAll", all.append("]").toString());
            if (answer.contains("\"problem\"")) {
                throw new IOException(answer);
            }
        }

        private String call(String method, String argument) throws IOException {
            String request = ("{\"service\":\"/service/registry\",\"method\":\"%s\",\"args\":[%s],"
                            + "\"ctx\":{\"timeoutMs\":10000}}")
                    .formatted(method, argument);
            out.write(command("GET", List.of(request)).getBytes(StandardCharsets.US_ASCII));
            String answer = bulk();
            if (!answer.startsWith("{\"code\":0,")) {
                throw new IOException(answer);
            }
            return answer;
        }

        private String bulk() throws IOException {
            int length = 0;
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw new IOException("the registry closed the connection");
                }
                if (c >= '0' && c <= '9') {
                    length = length * 10 + c - '0';
                }
            }
            byte[] bytes = in.readNBytes(length + 2);
            return new String(bytes, 0, length, StandardCharsets.UTF_8);
        }
    }
}
