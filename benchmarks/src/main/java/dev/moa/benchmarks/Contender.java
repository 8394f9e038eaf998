package dev.moa.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server and a client of one RPC system, each in a process of its own, led by lines as {@code LoadProcess} says. */
final class Contender implements AutoCloseable {

    /** What one run showed; client and server together where both count. */
    record Run(
            double callsPerSecond,
            double p50Ms,
            double p90Ms,
            double p99Ms,
            double p999Ms,
            double cpuMicros,
            double allocatedBytes) {}

    private static final long START_LIMIT_S = 60;
    /** Lines of its errors that are told of a process that ended. */
    private static final int LAST_WORDS = 5;

    private final String name;
    private final End server;
    private final End client;

    private Contender(String name, End server, End client) {
        this.name = name;
        this.server = server;
        this.client = client;
    }

    /**
     * Starts both ends.
     *
     * @param classPath of both
     * @param main the class of both; gets {@code server} or {@code client}, then the port for the client
     */
    static Contender start(
            String name, String classPath, String main, List<String> serverArguments, List<String> clientArguments)
            throws IOException {
        List<String> forServer = new ArrayList<>(List.of("server"));
        forServer.addAll(serverArguments);
        End server = End.start(classPath, main, forServer);
        List<String> forClient = new ArrayList<>(List.of("client"));
        clientArguments.forEach(
                argument -> forClient.add(argument.equals("PORT") ? Integer.toString(server.port) : argument));
        try {
            return new Contender(name, server, End.start(classPath, main, forClient));
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    String name() {
        return name;
    }

    /** @throws IOException if a call failed */
    Run run(String shape, int threads, long milliseconds) throws IOException {
        long[] before = server.order("USAGE");
        long[] load = client.order("RUN %s %d %d".formatted(shape, threads, milliseconds));
        long[] after = server.order("USAGE");
        long calls = load[0];
        if (calls == 0 || load[1] > 0) {
            throw new IOException("%s: %d of %d calls failed".formatted(name, load[1], calls));
        }
        return new Run(
                calls * 1e9 / load[2],
                load[3] / 1e6,
                load[7] / 1e6,
                load[4] / 1e6,
                load[8] / 1e6,
                (load[5] + after[1] - before[1]) / 1e3 / calls,
                (double) (load[6] + after[2] - before[2]) / calls);
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }

    /** Returns a module's jar and its libraries as a class path. */
    static String classPath(Path home, String module) throws IOException {
        Path target = home.resolve("benchmarks").resolve(module).resolve("target");
        try (Stream<Path> files = Files.list(target)) {
            Path jar = files.filter(file -> file.getFileName().toString().endsWith("-SNAPSHOT.jar"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no jar in " + target + " (build: ./mvnw -DskipTests package)"));
            return jar + ":" + target.resolve("lib") + "/*";
        }
    }

    static final class End implements AutoCloseable {
        private final Process process;
        private final BufferedReader answers;
        private final PrintWriter orders;
        private final Path errors;
        private final int port;

        private End(Process process, BufferedReader answers, Path errors) throws IOException {
            this.process = process;
            this.errors = errors;
            this.answers = answers;
            this.orders = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
            this.port = Integer.parseInt(next("PORT "));
        }

        static End start(String classPath, String main, List<String> arguments) throws IOException {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xms512m",
                    "-Xmx512m",
                    "-XX:+UseParallelGC",
                    "--add-opens=java.base/java.lang=ALL-UNNAMED",
                    "--add-opens=java.base/java.math=ALL-UNNAMED",
                    "-Dsofa.middleware.log.disable=true",
                    "-cp",
                    classPath,
                    main));
            String profile = System.getenv("MOA_BENCH_PROFILE");
            if (profile != null) {
                command.add(
                        1,
                        "-XX:StartFlightRecording=settings=profile,dumponexit=true,filename=%s/%s-%s.jfr"
                                .formatted(profile, main, String.join("-", arguments)));
            }
            command.addAll(arguments);
            Path errors = Files.createTempFile("moa-bench-", ".err");
            Process process = OwnProcesses.own(
                    new ProcessBuilder(command).redirectError(errors.toFile()).start());
            return new End(process, process.inputReader(StandardCharsets.UTF_8), errors);
        }

        long[] order(String line) throws IOException {
            orders.println(line);
            return Stream.of(next("LOAD ").split(" "))
                    .mapToLong(Long::parseLong)
                    .toArray();
        }

        private String next(String start) throws IOException {
            String line = answers.readLine();
            while (line != null && !line.startsWith(start)) {
                // what a contender's own logging prints
                line = answers.readLine();
            }
            if (line == null) {
                throw new IOException("a process ended with %d: %s"
                        .formatted(process.onExit().join().exitValue(), lastWords()));
            }
            return line.substring(start.length()).strip();
        }

        private String lastWords() throws IOException {
            List<String> lines = Files.readAllLines(errors).stream()
                    .filter(line -> !line.startsWith("\tat "))
                    .toList();
            return String.join(" | ", lines.subList(Math.max(0, lines.size() - LAST_WORDS), lines.size()));
        }

        @Override
        public void close() {
            orders.close();
            try {
                Files.deleteIfExists(errors);
            } catch (IOException e) {
                errors.toFile().deleteOnExit();
            }
            try {
                if (!process.waitFor(START_LIMIT_S / 10, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
