package dev.moa.compatibility;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The Python clients that no package of the system brings, installed once under {@code target} as the committed list says. */
final class PythonPackages {

    /** Where they are, for {@code PYTHONPATH}. */
    static final Path INSTALLED = Path.of("target/clients/python");

    private static final Path WANTED = Path.of("src/test/clients/requirements.txt");

    private PythonPackages() {}

    /** Brings the packages; quick when the list has not changed. */
    static synchronized void install() throws IOException, InterruptedException {
        String wanted = Files.readString(WANTED);
        Path stamp = INSTALLED.resolve(".moa-requirements");
        if (Files.exists(stamp) && Files.readString(stamp).equals(wanted)) {
            return;
        }
        Files.createDirectories(INSTALLED);
        Path log = INSTALLED.resolve("pip.log");
        Process pip = new ProcessBuilder(
                        "/usr/bin/python3",
                        "-m",
                        "pip",
                        "install",
                        "--quiet",
                        "--disable-pip-version-check",
                        "--no-deps",
                        "--require-hashes",
                        "--upgrade",
                        "--target",
                        INSTALLED.toString(),
                        "--requirement",
                        WANTED.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean ended = pip.waitFor(3, TimeUnit.MINUTES);
        pip.destroyForcibly();
        if (!ended || pip.exitValue() != 0) {
            throw new IOException("pip install failed in " + INSTALLED + ": " + Files.readString(log));
        }
        Files.writeString(stamp, wanted);
    }
}
