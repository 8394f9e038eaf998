package dev.moa.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process that a benchmark started, with the port it answers on. Closing kills it. */
record Child(Process process, int port) implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    Child {
        OwnProcesses.own(process);
    }

    /** Starts {@code main} on this JVM's class path; it must print {@code PORT n} when it is ready. */
    static Child java(Class<?> main, String... arguments) throws IOException {
        return java(List.of("-Xmx256m"), main, arguments);
    }

    /** As {@link #java}, with as little memory as does for a few hundred calls a second. */
    static Child small(Class<?> main) throws IOException {
        return java(List.of("-Xmx40m", "-Xss256k", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"), main);
    }

    private static Child java(List<String> options, Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.add("--add-opens=java.base/java.lang=ALL-UNNAMED");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = process.inputReader();
        String line;
        while ((line = output.readLine()) != null) {
            if (line.startsWith("PORT ")) {
                Thread drain = new Thread(() -> drain(output), "bench-output-1");
                drain.setDaemon(true);
                drain.start();
                return new Child(process, Integer.parseInt(line.substring(5).strip()));
            }
        }
        throw new IOException(
                main.getSimpleName() + " ended with " + process.onExit().join().exitValue() + " before it was ready");
    }

    /** Starts a {@code redis-server} without persistence. */
    static Child redis() throws IOException, InterruptedException {
        int port = freePort();
        return program(
                port, "redis-server", "--port", "" + port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no");
    }

    /**
     * Starts an app of the platform with the flags that its image has and at most 256 MB of heap; ready when it listens
     * on {@code server.port}. {@code MOA_BENCH_PROFILE} names a directory for JFR recordings.
     *
     * @param module the directory of the module that packs it
     * @param settings as {@code name=value}, on top of a free {@code server.port} and {@code moa.server.port}
     */
    static Child app(String module, List<String> settings) throws IOException, InterruptedException {
        Path target = Path.of(System.getProperty("moa.home", "."), module, "target");
        Path jar;
        try (Stream<Path> files = Files.list(target)) {
            jar = files.filter(file -> file.getFileName().toString().matches("moa-.*-app\\.jar"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no app in " + target + "; build: ./mvnw -DskipTests package"));
        }
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-Xms64m", "-Xss512k", "-XX:+UseSerialGC"));
        if (Runtime.version().feature() >= 25) {
            command.addAll(List.of("-XX:+UseCompactObjectHeaders", "--enable-native-access=ALL-UNNAMED"));
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        String profile = System.getenv("MOA_BENCH_PROFILE");
        if (profile != null) {
            command.add("-XX:StartFlightRecording=settings=profile,filename=%s/%s.jfr".formatted(profile, module));
        }
        int port = freePort();
        command.addAll(List.of("-jar", jar.toString(), "--server.port=" + port));
        if (settings.stream().noneMatch(setting -> setting.startsWith("moa.server.port="))) {
            command.add("--moa.server.port=" + freePort());
        }
        settings.forEach(setting -> command.add("--" + setting));
        Path log = Files.createTempFile("moa-bench-" + module, ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        log.toFile().deleteOnExit();
        Child child = new Child(process, port);
        child.awaitListening();
        return child;
    }

    /** Starts any other program; ready when it listens on {@code port}. */
    static Child program(int port, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        Child child = new Child(process, port);
        child.awaitListening();
        return child;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void awaitListening() throws IOException, InterruptedException {
        long limit = System.nanoTime() + START_LIMIT.toNanos();
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress("127.0.0.1", port), 500);
                return;
            } catch (IOException e) {
                if (!process.isAlive() || System.nanoTime() > limit) {
                    throw new IOException("nothing listens on port " + port, e);
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void drain(BufferedReader output) {
        try {
            while (output.readLine() != null) {
                // what the child says is of no use once it is ready; it must not block on a full pipe
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
