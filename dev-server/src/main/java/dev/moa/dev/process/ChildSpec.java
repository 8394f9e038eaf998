package dev.moa.dev.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How to start and watch one child process.
 *
 * @param name what people call it: {@code registry}
 * @param command program and arguments
 * @param directory its working directory, made if absent
 * @param environment variables added to those of the launcher
 * @param log the file that its output is appended to
 * @param health how to ask it whether it works
 * @param stopLimit how long it may take to stop before it is killed
 */
public record ChildSpec(
        String name,
        List<String> command,
        Path directory,
        Map<String, String> environment,
        Path log,
        HealthCheck health,
        Duration stopLimit) {}
