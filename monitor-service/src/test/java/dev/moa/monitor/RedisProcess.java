package dev.moa.monitor;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import redis.embedded.RedisExecProvider;

/** A real Redis: the {@code redis-server} of the PATH, else the embedded binary. It can be killed and started again. */
public final class RedisProcess implements AutoCloseable {
    private final int port;
    private final Path directory;
    private @Nullable Process process;
    private @Nullable RedisClient client;
    private @Nullable StatefulRedisConnection<String, String> connection;

    public RedisProcess(Path directory) throws IOException {
        this.directory = directory;
        try (ServerSocket socket = new ServerSocket(0)) {
            this.port = socket.getLocalPort();
        }
    }

    public RedisProcess start(String... more) throws IOException {
        List<String> command = new java.util.ArrayList<>(List.of(
                binary(),
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--dir",
                directory.toString()));
        command.addAll(List.of(more));
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .ignoreExceptions()
                .until(() -> "PONG".equals(commands().ping()));
        return this;
    }

    private static String binary() throws IOException {
        for (String folder : System.getenv("PATH").split(java.io.File.pathSeparator)) {
            Path candidate = Path.of(folder, "redis-server");
            if (java.nio.file.Files.isExecutable(candidate)) {
                return candidate.toString();
            }
        }
        return RedisExecProvider.defaultProvider().get().getAbsolutePath();
    }

    public String url() {
        return "redis://127.0.0.1:" + port;
    }

    public RedisCommands<String, String> commands() {
        StatefulRedisConnection<String, String> open = connection;
        if (open == null || !open.isOpen()) {
            disconnect();
            RedisClient made = RedisClient.create(url() + "?timeout=2s");
            client = made;
            open = made.connect();
            connection = open;
        }
        return open.sync();
    }

    public void killHard() throws InterruptedException {
        disconnect();
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }

    private void disconnect() {
        connection = null;
        if (client != null) {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
            client = null;
        }
    }

    @Override
    public void close() throws InterruptedException {
        killHard();
    }
}
