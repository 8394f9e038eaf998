package dev.moa.benchmarks;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The server of a peer, started from its packages with the heap that its makers start it with. */
record RegistryServer(Process process, int port) implements AutoCloseable {
    private static final long START_LIMIT_S = 120;
    private static final List<String> MODULES = List.of("zookeeper", "nacos", "eureka");

    /** Builds the peers where that was not done yet. */
    static void build(Path home) throws IOException, InterruptedException {
        if (MODULES.stream()
                .allMatch(module -> Files.isDirectory(target(home, module).resolve("lib")))) {
            return;
        }
        String modules = String.join(
                ",",
                MODULES.stream()
                        .map(module -> "benchmarks/registries/" + module)
                        .toList());
        Process build = new ProcessBuilder(
                        "./mvnw", "-B", "-q", "-ntp", "-DskipTests", "-Pregistries", "-am", "-pl", modules, "package")
                .directory(home.toFile())
                .inheritIO()
                .start();
        if (build.waitFor() != 0) {
            throw new IOException("the peers could not be built (profile registries)");
        }
    }

    static RegistryServer zookeeper(Path home, Path data) throws IOException {
        int port = freePort();
        return start(
                port,
                port,
                List.of("-Xmx1000m", "-Dzookeeper.admin.enableServer=false", "-cp", classPath(home, "zookeeper")),
                "org.apache.zookeeper.server.ZooKeeperServerMain",
                List.of("" + port, data.resolve("zookeeper").toString(), "2000", "0"));
    }

    static RegistryServer nacos(Path home, Path data) throws IOException {
        int port = freePort();
        return start(
                port,
                port + 1_000, // of gRPC, always so
                List.of(
                        "-Xms512m",
                        "-Xmx512m",
                        "-Xmn256m",
                        "-Dnacos.standalone=true",
                        "-DembeddedStorage=true",
                        "-Dnacos.home=" + data.resolve("nacos"),
                        "-Dnacos.server.main.port=" + port,
                        "-cp",
                        classPath(home, "nacos")),
                "dev.moa.benchmarks.nacos.NacosServer",
                List.of());
    }

    static RegistryServer eureka(Path home) throws IOException {
        int port = freePort();
        return start(
                port,
                port,
                List.of("-Xmx512m", "-cp", classPath(home, "eureka")),
                "dev.moa.benchmarks.eureka.EurekaServer",
                List.of(
                        "--server.port=" + port,
                        "--eureka.client.register-with-eureka=false",
                        "--eureka.client.fetch-registry=false",
                        "--logging.level.root=warn"));
    }

    static String classPath(Path home, String module) throws IOException {
        String all = Contender.classPath(home, "registries/" + module);
        try (Stream<Path> libraries = Files.list(target(home, module).resolve("lib"))) {
            // two of the same classes are on the path of Nacos, and the other is too old for its server
            return libraries
                    .filter(jar -> jar.getFileName().toString().startsWith("hessian-4"))
                    .findFirst()
                    .map(hessian -> hessian + ":" + all)
                    .orElse(all);
        }
    }

    private static Path target(Path home, String module) {
        return home.resolve("benchmarks/registries").resolve(module).resolve("target");
    }

    private static RegistryServer start(int port, int ready, List<String> jvm, String main, List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm);
        command.add(main);
        command.addAll(arguments);
        Process process = OwnProcesses.own(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start());
        RegistryServer server = new RegistryServer(process, port);
        server.await(main, ready);
        return server;
    }

    private void await(String main, int ready) throws IOException {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_LIMIT_S);
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress("127.0.0.1", ready), 500);
                return;
            } catch (IOException notYet) {
                if (!process.isAlive() || System.nanoTime() > limit) {
                    close();
                    throw new IOException(main + " does not listen on port " + ready, notYet);
                }
            }
            try {
                TimeUnit.MILLISECONDS.sleep(100);
            } catch (InterruptedException stopping) {
                close();
                throw new IOException(stopping);
            }
        }
    }

    RunningPart part() {
        return new RunningPart(process.pid());
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

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            // room for the port that Nacos adds 1,000 for
            return socket.getLocalPort() > 64_000 ? socket.getLocalPort() - 2_000 : socket.getLocalPort();
        }
    }
}
