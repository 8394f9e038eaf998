package dev.moa.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs of the system that a benchmark runs to their end. */
final class Tool {
    private static final int LIMIT_SECONDS = 60;

    private Tool() {}

    /** Returns whether it is on the PATH, or among the system's own. */
    static boolean isInstalled(String name) {
        for (String directory : (System.getenv("PATH") + ":/usr/sbin:/sbin").split(":", -1)) {
            if (Files.isExecutable(Path.of(directory, name))) {
                return true;
            }
        }
        return false;
    }

    /** Runs it and returns what it said, line by line. */
    static List<String> run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> lines = new ArrayList<>(process.inputReader().lines().toList());
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(command[0] + " took longer than " + LIMIT_SECONDS + " s");
        }
        if (process.exitValue() != 0 || lines.isEmpty()) {
            throw new IOException("%s ended with %d: %s".formatted(command[0], process.exitValue(), lines));
        }
        return lines;
    }
}
