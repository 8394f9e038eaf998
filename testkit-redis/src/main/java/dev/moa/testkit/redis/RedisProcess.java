package dev.moa.testkit.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import redis.embedded.RedisExecProvider;

/**
 * A real redis-server on a loopback port of its own. It can be killed, frozen, and started again at the same port and
 * in the same directory. Of one thread.
 */
public final class RedisProcess implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(10);

    private final Path binary;
    private final Path directory;
    private final int port = freePort();
    private @Nullable Process process;
    private @Nullable RedisClient client;
    private @Nullable StatefulRedisConnection<String, String> connection;

    /** The redis-server of the PATH, else the one that comes as a test dependency. */
    public RedisProcess(Path directory) {
        this(systemBinary().orElseGet(RedisProcess::embeddedBinary), directory);
    }

    /** @param directory for its data and its log; made where it is absent */
    public RedisProcess(Path binary, Path directory) {
        this.binary = binary;
        this.directory = directory;
    }

    /** Returns the redis-server that comes as a test dependency. */
    public static Path embeddedBinary() {
        try {
            return RedisExecProvider.defaultProvider().get().toPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the redis-server of the PATH, if there is one. */
    public static Optional<Path> systemBinary() {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, "redis-server"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Returns a loopback port that was free a moment ago. */
    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it with {@code more} settings, as redis-server takes them; nothing is kept on disk unless they say so. */
    public RedisProcess start(String... more) {
        List<String> command = new ArrayList<>(List.of(
                binary.toString(),
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--dir",
                directory.toString()));
        command.addAll(List.of(more));
        run(command);
        return this;
    }

    /** Starts it so that it has what it acknowledged when it is killed and started again. */
    public RedisProcess startDurable() {
        return start("--appendonly", "yes", "--appendfsync", "always");
    }

    /** Starts it as the Sentinel that {@code file} configures. */
    void startSentinel(Path file) {
        run(List.of(binary.toString(), file.toString(), "--sentinel"));
    }

    private void run(List<String> command) {
        try {
            Files.createDirectories(directory);
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("redis-" + port + ".log").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Awaitility.await()
                .atMost(START_LIMIT)
                .pollInterval(Duration.ofMillis(20))
                .until(this::answers);
    }

    private boolean answers() {
        Process running = process;
        if (running != null && !running.isAlive()) {
            throw new IllegalStateException("redis-server ended with %d; why says %s"
                    .formatted(running.exitValue(), directory.resolve("redis-" + port + ".log")));
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 500);
            socket.setSoTimeout(500);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII).equals("+PONG");
        } catch (IOException notYet) {
            return false;
        }
    }

    public int port() {
        return port;
    }

    public String url() {
        return "redis://127.0.0.1:" + port;
    }

    /** Returns a way to ask it, with a timeout of 2 s. */
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

    /** kill -9. */
    public void kill() {
        disconnect();
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            running.onExit().join();
        }
    }

    /** Makes it a server that accepts connections and answers nothing. */
    public void freeze() {
        signal("-STOP");
    }

    /** Lets it go on. */
    public void thaw() {
        signal("-CONT");
    }

    private void signal(String signal) {
        Process running = process;
        if (running == null) {
            throw new IllegalStateException("not started");
        }
        try {
            new ProcessBuilder("kill", signal, Long.toString(running.pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void disconnect() {
        connection = null;
        RedisClient open = client;
        client = null;
        if (open != null) {
            open.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        }
    }

    @Override
    public void close() {
        kill();
    }
}
