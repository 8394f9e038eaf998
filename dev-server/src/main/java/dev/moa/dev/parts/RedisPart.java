package dev.moa.dev.parts;

import dev.moa.dev.process.ChildSpec;
import dev.moa.dev.process.Probes;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The platform's own Redis: the {@code redis-server} of this machine if it is 7.0 or newer, else the binary that is
 * packed with the launcher.
 *
 * @param program the program that is started
 * @param version what it says it is
 */
public record RedisPart(Path program, String version) {
    public static final String NAME = "redis";
    public static final int PORT = 16379;
    private static final String EMBEDDED_VERSION = "7.0.15";
    private static final Pattern VERSION = Pattern.compile("v=(\\d+)\\.(\\d+)\\.(\\d+)");

    public static RedisPart find(Layout layout) {
        for (String directory : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
            Path program = Path.of(directory, "redis-server");
            if (Files.isExecutable(program)) {
                Matcher version = VERSION.matcher(output(program));
                if (version.find() && Integer.parseInt(version.group(1)) >= 7) {
                    return new RedisPart(program, version.group().substring(2));
                }
            }
        }
        return embedded(layout);
    }

    /** The packed binary, unpacked once. */
    public static RedisPart embedded(Layout layout) {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String machine = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        String name = "redis-server-%s-%s-%s"
                .formatted(
                        EMBEDDED_VERSION,
                        system.contains("mac") ? "darwin" : "linux",
                        machine.contains("aarch64") || machine.contains("arm") ? "arm64" : "amd64");
        Path program = layout.programs().resolve(name);
        if (Files.isExecutable(program)) {
            return new RedisPart(program, EMBEDDED_VERSION);
        }
        try (InputStream in = RedisPart.class.getResourceAsStream("/" + name)) {
            if (in == null) {
                throw new IllegalStateException(
                        "no redis-server 7.0 or newer on the PATH, and none is packed for %s %s; install one (Debian: redis-server) or use your own: --redis redis://host:port"
                                .formatted(system, machine));
            }
            Files.createDirectories(layout.programs());
            Path unpacked = Files.createTempFile(layout.programs(), name, ".part");
            Files.copy(in, unpacked, StandardCopyOption.REPLACE_EXISTING);
            if (!unpacked.toFile().setExecutable(true)) {
                throw new IOException("cannot make it executable");
            }
            Files.move(unpacked, program, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            return new RedisPart(program, EMBEDDED_VERSION);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unpack %s: %s".formatted(program, e.getMessage()), e);
        }
    }

    public ChildSpec spec(Layout layout, int port) {
        Path data = layout.data(NAME);
        Path settings = layout.run().resolve("redis.conf");
        try {
            Files.createDirectories(data);
            Files.createDirectories(layout.run());
            Files.writeString(settings, """
                    # written by ./moa at each start; change nothing here
                    bind 127.0.0.1
                    port %d
                    dir "%s"
                    daemonize no
                    appendonly yes
                    appendfsync everysec
                    # the append-only file is the copy on disk; a second one would only cost time
                    save ""
                    # a registry that forgets services to save memory lies: better a clear error
                    maxmemory 256mb
                    maxmemory-policy noeviction
                    """.formatted(port, data.toAbsolutePath()), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write %s: %s".formatted(settings, e.getMessage()), e);
        }
        return new ChildSpec(
                NAME,
                List.of(program.toString(), settings.toString()),
                data,
                Map.of(),
                layout.log(NAME),
                Probes.redis("127.0.0.1", port),
                Duration.ofSeconds(10));
    }

    private static String output(Path program) {
        try {
            Process process = new ProcessBuilder(program.toString(), "--version")
                    .redirectErrorStream(true)
                    .start();
            String line = new String(process.getInputStream().readNBytes(512), StandardCharsets.US_ASCII);
            process.waitFor(2, TimeUnit.SECONDS);
            return line;
        } catch (IOException unusable) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
