package dev.moa.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A registered instance that says to each connection at which port it is, and ends it. Closing ends it unannounced. */
final class NamedInstance implements AutoCloseable {
    static final String SERVICE = "/service/user";

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final String registry;
    private final ServerSocket socket;
    private String registration = "";

    /** @param registry its address, {@code http://host:port} */
    NamedInstance(String registry) throws IOException {
        this.registry = registry;
        socket = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::serve, "bench-named-" + port());
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return socket.getLocalPort();
    }

    private void serve() {
        byte[] name = Integer.toString(port()).getBytes(StandardCharsets.US_ASCII);
        while (!socket.isClosed()) {
            try (Socket caller = socket.accept()) {
                caller.getOutputStream().write(name);
            } catch (IOException e) {
                // closed, or a caller that had gone
            }
        }
    }

    void register() throws IOException, InterruptedException {
        String body = "{\"service\":\"%s\",\"host\":\"127.0.0.1\",\"port\":%d,\"ttlSeconds\":3600}"
                .formatted(SERVICE, port());
        JsonNode json = JSON.readTree(send(HttpRequest.newBuilder(URI.create(registry + "/v1/instances"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))));
        registration = json.path("id").asString() + "?incarnation="
                + json.path("incarnation").asLong();
    }

    void deregister() throws IOException, InterruptedException {
        send(HttpRequest.newBuilder(URI.create(registry + "/v1/instances/" + registration))
                .DELETE());
    }

    private static String send(HttpRequest.Builder builder) throws IOException, InterruptedException {
        HttpRequest request = builder.build();
        HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw new IOException(
                    "%s %s: %d %s".formatted(request.method(), request.uri(), answer.statusCode(), answer.body()));
        }
        return answer.body();
    }

    /** Returns which instance a connection to the front reaches; 0 if none. */
    static int reached(int front) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), front)) {
            socket.setSoTimeout(5_000);
            String name = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return name.isEmpty() ? 0 : Integer.parseInt(name);
        } catch (IOException e) {
            return 0;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
