package dev.moa.compatibility;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The Node clients, installed once under {@code target} as the committed lock file says. */
public final class NodePackages {

    private static final Path SOURCE = Path.of("src/test/clients/node");
    private static final Path INSTALLED = Path.of("target/clients/node");

    private NodePackages() {}

    /** Brings the packages and the programs to {@code target/clients/node}; quick when the lock has not changed. */
    public static synchronized void install() throws IOException, InterruptedException {
        Files.createDirectories(INSTALLED);
        try (Stream<Path> files = Files.list(SOURCE)) {
            for (Path file : files.toList()) {
                Files.copy(file, INSTALLED.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        String lock = Files.readString(SOURCE.resolve("package-lock.json"));
        Path stamp = INSTALLED.resolve("node_modules/.moa-lock");
        if (Files.exists(stamp) && Files.readString(stamp).equals(lock)) {
            return;
        }
        Process npm = new ProcessBuilder(
                        "npm",
                        "ci",
                        "--ignore-scripts",
                        "--prefer-offline",
                        "--no-audit",
                        "--no-fund",
                        "--loglevel=error")
                .directory(INSTALLED.toFile())
                .redirectErrorStream(true)
                .redirectOutput(INSTALLED.resolve("npm.log").toFile())
                .start();
        boolean ended = npm.waitFor(3, TimeUnit.MINUTES);
        npm.destroyForcibly();
        if (!ended || npm.exitValue() != 0) {
            throw new IOException(
                    "npm ci failed in " + INSTALLED + ": " + Files.readString(INSTALLED.resolve("npm.log")));
        }
        Files.writeString(stamp, lock);
    }
}
