package dev.moa.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the built sources that the platform is started from, and places for the data of tests. */
final class Home {
    private Home() {}

    /** The system property {@code moa.home}, else the directory above the working directory that holds the sources. */
    static Path find() {
        String asked = System.getProperty("moa.home");
        if (asked != null) {
            return Path.of(asked).toAbsolutePath().normalize();
        }
        Path start = Path.of("").toAbsolutePath();
        for (Path directory = start; directory != null; directory = directory.getParent()) {
            if (Files.exists(directory.resolve("dev-server/pom.xml")) && Files.exists(directory.resolve("moa"))) {
                return directory;
            }
        }
        throw new IllegalStateException(
                "no moa sources above %s; set the system property moa.home to a built checkout".formatted(start));
    }

    /** An empty directory; under {@code target/} in a Maven module, so that the logs are there after a failure. */
    static Path freshRoot() {
        Path target = Path.of("target").toAbsolutePath();
        try {
            return Files.isDirectory(target)
                    ? Files.createTempDirectory(target, "moa-")
                    : Files.createTempDirectory("moa-");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a directory for the platform's data", e);
        }
    }
}
