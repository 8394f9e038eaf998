package dev.moa.compatibility.rolling;

import dev.moa.sdk.MoaServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Instances at ports that they keep when they are restarted, or, where a registry tells of them, at another each time. */
final class Fleet implements AutoCloseable {

    /** Below the range that outgoing connections take their ports from, or one of them might sit on an instance's. */
    private static final int FIRST_PORT = 20_000;

    private static final int PORTS = 10_000;

    private interface Running {
        /** Drains and ends. */
        void leave() throws InterruptedException;

        void kill() throws InterruptedException;
    }

    private final boolean processes;
    private final @Nullable String registry;
    private final int[] ports;
    private final @Nullable Running[] running;

    /** @param processes whether each is a process of its own, or a port of this one */
    Fleet(int size, boolean processes) throws IOException {
        this(size, processes, null);
    }

    /** @param registry its base URL; null for instances that nobody tells of */
    Fleet(int size, boolean processes, @Nullable String registry) throws IOException {
        this.processes = processes;
        this.registry = registry;
        this.ports = new int[size];
        this.running = new Running[size];
        for (int i = 0; i < size; i++) {
            ports[i] = freePort();
        }
        for (int i = 0; i < size; i++) {
            start(i, processes);
        }
    }

    List<Integer> ports() {
        return IntStream.of(ports).boxed().toList();
    }

    /** Starts one that is not there. */
    void start(int index, boolean asProcess) throws IOException {
        running[index] = asProcess ? process(index) : port(index);
    }

    /** Drains one, waits for its end, and starts it again. */
    void restart(int index) throws IOException, InterruptedException {
        of(index).leave();
        if (registry != null) {
            ports[index] = freePort();
        }
        start(index, processes);
    }

    void leave(int index) throws InterruptedException {
        of(index).leave();
        running[index] = null;
    }

    void kill(int index) throws InterruptedException {
        of(index).kill();
        running[index] = null;
    }

    private Running of(int index) {
        Running one = running[index];
        if (one == null) {
            throw new IllegalStateException("instance " + index + " is not running");
        }
        return one;
    }

    private List<InetSocketAddress> others(int index) {
        List<InetSocketAddress> others = new ArrayList<>();
        for (int i = 0; i < ports.length; i++) {
            if (i != index) {
                others.add(InetSocketAddress.createUnresolved("127.0.0.1", ports[i]));
            }
        }
        return others;
    }

    private Running port(int index) {
        MoaServer server = RollingInstance.start(ports[index], others(index), registry);
        return new Running() {
            @Override
            public void leave() {
                server.close();
            }

            @Override
            public void kill() {
                throw new IllegalStateException("a port of this process cannot be killed alone");
            }
        };
    }

    private Running process(int index) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path")));
        if (registry != null) {
            command.add("-Dmoa.rolling.registry=" + registry);
        }
        command.addAll(List.of(RollingInstance.class.getName(), Integer.toString(ports[index])));
        others(index).forEach(other -> command.add(Integer.toString(other.getPort())));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        for (String line = out.readLine(); !"READY".equals(line); line = out.readLine()) {
            if (line == null) {
                throw new IOException("the instance at port " + ports[index] + " ended before it was ready");
            }
        }
        Thread drain = new Thread(
                () -> {
                    try {
                        while (out.readLine() != null) {}
                    } catch (IOException e) {
                        // its end
                    }
                },
                "rolling-log-" + index);
        drain.setDaemon(true);
        drain.start();
        return new Running() {
            @Override
            public void leave() throws InterruptedException {
                process.destroy();
                if (!process.waitFor(15, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new IllegalStateException("the instance at port " + ports[index] + " does not end");
                }
            }

            @Override
            public void kill() throws InterruptedException {
                process.destroyForcibly().waitFor();
            }
        };
    }

    private static int freePort() throws IOException {
        for (int i = 0; ; i++) {
            int port = FIRST_PORT + ThreadLocalRandom.current().nextInt(PORTS);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                if (i == 100) {
                    throw e;
                }
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        for (Running each : running) {
            if (each != null) {
                each.leave();
            }
        }
    }
}
