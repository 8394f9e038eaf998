package dev.moa.benchmarks.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The clocks of the parts, each of which can be stepped while its process runs: by a library of a few lines, put before
 * the C library, that the C compiler of this machine makes of {@code clock.c}. Monotonic clocks stay true.
 *
 * <p>Why not libfaketime: redis-server's allocator asks for the time before libfaketime is ready, which ends it, and a
 * JVM takes many times as long to start under it.
 */
final class Clocks {
    private final Path directory;
    private final @Nullable Path library;

    Clocks(Path directory) throws IOException, InterruptedException {
        this.directory = Files.createDirectories(directory);
        this.library = compile();
    }

    /** Whether clocks can be stepped here. */
    boolean canStep() {
        return library != null;
    }

    /** Returns the environment that puts a part on a clock of its own. */
    Map<String, String> environment(String part) {
        step(part, 0);
        Path preloaded = library;
        return preloaded == null
                ? Map.of()
                : Map.of(
                        "LD_PRELOAD",
                        preloaded.toString(),
                        "MOA_CLOCK_FILE",
                        file(part).toString());
    }

    /** Puts a part's clock this many seconds before or behind the true time, at once. */
    void step(String part, long seconds) {
        byte[] bytes = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.nativeOrder())
                .putLong(seconds)
                .array();
        try {
            // in place, for it is mapped
            Files.write(file(part), bytes, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path file(String part) {
        return directory.resolve(part);
    }

    private @Nullable Path compile() throws IOException, InterruptedException {
        Path source = directory.resolve("clock.c");
        Path made = directory.resolve("clock.so");
        try (InputStream in = Clocks.class.getResourceAsStream("clock.c")) {
            if (in == null) {
                throw new IOException("clock.c is missing from the benchmarks' jar");
            }
            Files.copy(in, source, StandardCopyOption.REPLACE_EXISTING);
            Process compiler = new ProcessBuilder(
                            List.of("cc", "-O2", "-shared", "-fPIC", "-o", made.toString(), source.toString()))
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("cc.log").toFile())
                    .start();
            return compiler.waitFor(30, TimeUnit.SECONDS) && compiler.exitValue() == 0 ? made : null;
        } catch (IOException noCompiler) {
            return null;
        }
    }
}
