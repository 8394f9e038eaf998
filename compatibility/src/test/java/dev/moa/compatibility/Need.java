package dev.moa.compatibility;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program that a row cannot do without.
 *
 * @param check a command that ends well where the program is there
 * @param text what is missing otherwise, and the package that brings it
 */
public record Need(List<String> check, String text) {

    public static final Need REDIS_TOOLS =
            new Need(List.of("redis-cli", "--version"), "needs redis-cli: apt-get install redis-tools");
    public static final Need PHPREDIS = new Need(
            List.of("php", "-r", "exit(extension_loaded('redis') ? 0 : 1);"),
            "needs phpredis: apt-get install php-cli php-redis");
    public static final Need REDIS_PY = new Need(
            List.of("/usr/bin/python3", "-c", "import redis"), "needs redis for Python: apt-get install python3-redis");
    public static final Need PIP =
            new Need(List.of("/usr/bin/python3", "-m", "pip", "--version"), "needs pip: apt-get install python3-pip");
    public static final Need NODE =
            new Need(List.of("npm", "--version"), "needs Node 20 with npm: apt-get install nodejs npm");
    public static final Need HAPROXY =
            new Need(List.of("/usr/sbin/haproxy", "-v"), "needs HAProxy: apt-get install haproxy");
    public static final Need NOTHING = new Need(List.of(), "");

    /** Skips the test that asks, by name, where the program is missing. */
    public void assume() throws InterruptedException {
        assumeTrue(isThere(), text);
    }

    private boolean isThere() throws InterruptedException {
        if (check.isEmpty()) {
            return true;
        }
        try {
            Process process = new ProcessBuilder(check)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            boolean ended = process.waitFor(20, TimeUnit.SECONDS);
            process.destroyForcibly();
            return ended && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
