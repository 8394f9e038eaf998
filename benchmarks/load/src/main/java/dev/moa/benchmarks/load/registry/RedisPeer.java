package dev.moa.benchmarks.load.registry;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntConsumer;

/** What Redis itself can do: PUBLISH to SUBSCRIBE. It registers nothing. */
public final class RedisPeer implements RegistryPeer {
    private final int port;
    private final Readers readers = new Readers();

    private RedisPeer(int port) throws IOException {
        this.port = port;
    }

    /** Takes the port. */
    public static void main(String[] arguments) throws Exception {
        RegistryLoad.serve(new RedisPeer(Integer.parseInt(arguments[0])));
    }

    @Override
    public void watch(List<String> services, IntConsumer told) throws IOException {
        readers.open(
                port,
                "SUBSCRIBE " + String.join(" ", services) + "\r\n",
                answer -> answer.split("subscribe", -1).length > services.size(),
                text -> {
                    String[] parts = text.split("@", -1);
                    for (int i = 1; i + 1 < parts.length; i += 2) {
                        told.accept(Integer.parseInt(parts[i]));
                    }
                    return parts.length % 2 == 0 ? "@" + parts[parts.length - 1] : "";
                });
    }

    @Override
    public Session session(int thread) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        socket.setTcpNoDelay(true);
        OutputStream out = socket.getOutputStream();
        BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        return (service, number) -> {
            out.write("PUBLISH %s @%d@\r\n".formatted(service, number).getBytes(StandardCharsets.US_ASCII));
            in.readLine();
        };
    }
}
