package dev.moa.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** Programs that the tests run as a user would. */
final class Shell {

    private static final int LIMIT_SECONDS = 30;

    private Shell() {}

    /** Runs a script and returns what it printed; fails if it fails. */
    static String run(String script) {
        return run("bash", "-euo", "pipefail", "-c", script);
    }

    /** Runs a program in the module's directory and returns what it printed; fails if it fails. */
    static String run(String... command) {
        try {
            Path output = Files.createTempFile("moa-shell", ".log");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly();
            }
            String text = Files.readString(output);
            Files.delete(output);
            if (!ended || process.exitValue() != 0) {
                throw new AssertionError("%s\nended with %s and printed:\n%s"
                        .formatted(Arrays.toString(command), ended ? process.exitValue() : "no end in time", text));
            }
            return text;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Skips the test, by name, where a program is missing. */
    static void needs(String program, String debianPackage, String... check) {
        boolean there;
        try {
            Process process = new ProcessBuilder(check)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            there = process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            there = false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        Assumptions.assumeTrue(there, program + " is not installed; Debian's package is " + debianPackage);
    }
}
