package dev.moa.dev.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One child process and its history. Fields are written by the supervisor's thread only; {@link #state} is a
 * snapshot for everyone else.
 */
final class Child {
    private static final @Nullable Path SETSID = setsid();

    final ChildSpec spec;

    @Nullable
    Process process;

    ChildStatus status = ChildStatus.WAITING;
    boolean isStopping;
    int deathsInARow;
    int deathsBeforeHealthy;
    int restarts;
    int failedChecks;
    long startedAtNanos;
    long healthySinceNanos;
    long readyMs;
    String detail = "waits for its turn";
    private volatile ChildState snapshot;

    Child(ChildSpec spec) {
        this.spec = spec;
        this.snapshot = new ChildState(spec.name(), status, 0, 0, 0, 0, detail);
    }

    ChildState state() {
        return snapshot;
    }

    void publish() {
        Process running = process;
        long pid = running != null && running.isAlive() ? running.pid() : 0;
        long began = running != null && pid > 0 ? ProcessIdentity.startedAtMs(running.toHandle()) : 0;
        snapshot = new ChildState(spec.name(), status, pid, began, restarts, readyMs, detail);
    }

    Process launch() {
        try {
            Files.createDirectories(spec.directory());
            Path logs = spec.log().toAbsolutePath().getParent();
            if (logs != null) {
                Files.createDirectories(logs);
            }
            Files.writeString(
                    spec.log(),
                    "--- moa starts %s: %s%n".formatted(spec.name(), String.join(" ", spec.command())),
                    StandardCharsets.UTF_8,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
            List<String> command = new ArrayList<>();
            if (SETSID != null) {
                // a session of its own: Ctrl-C at the terminal reaches the launcher, which stops the parts in order
                command.add(SETSID.toString());
            }
            command.addAll(spec.command());
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(spec.directory().toFile())
                    .redirectErrorStream(true)
                    .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(spec.log().toFile()));
            builder.environment().putAll(spec.environment());
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start %s: %s".formatted(spec.name(), e.getMessage()), e);
        }
    }

    private static @Nullable Path setsid() {
        for (Path candidate : List.of(Path.of("/usr/bin/setsid"), Path.of("/bin/setsid"))) {
            if (Files.isExecutable(candidate)) {
                return candidate;
            }
        }
        return null;
    }
}
