package dev.moa.benchmarks.chaos;

import dev.moa.benchmarks.OwnProcesses;
import dev.moa.dev.process.HealthCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A process of the platform under test, which can be killed, stopped and started again. */
final class Part implements AutoCloseable {
    private final String name;
    private final List<String> command;
    private final Path directory;
    private final Map<String, String> environment;
    private final HealthCheck health;
    private @Nullable Process process;

    /** @param health whether it answers */
    Part(String name, List<String> command, Path directory, Map<String, String> environment, HealthCheck health) {
        this.name = name;
        this.command = command;
        this.directory = directory;
        this.environment = environment;
        this.health = health;
    }

    String name() {
        return name;
    }

    synchronized void start() throws IOException {
        Files.createDirectories(directory);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve(name + ".log").toFile()));
        builder.environment().putAll(environment);
        process = OwnProcesses.own(builder.start());
    }

    /** Ends it with SIGKILL. */
    synchronized void kill() throws InterruptedException {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            running.waitFor(5, TimeUnit.SECONDS);
        }
    }

    /** Sends a signal, by its name. */
    synchronized void signal(String signal) throws IOException, InterruptedException {
        Process running = process;
        if (running != null) {
            new ProcessBuilder("kill", "-" + signal, String.valueOf(running.pid()))
                    .start()
                    .waitFor(5, TimeUnit.SECONDS);
        }
    }

    synchronized boolean isAlive() {
        Process running = process;
        return running != null && running.isAlive();
    }

    void awaitHealthy(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (!health.check().isGood()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("%s is not healthy after %d s (%s); its log: %s"
                        .formatted(name, limit.toSeconds(), health.check(), directory.resolve(name + ".log")));
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    @Override
    public void close() {
        try {
            kill();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
