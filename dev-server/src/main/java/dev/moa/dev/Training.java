package dev.moa.dev;

import dev.moa.dev.jdk.Jdk;
import dev.moa.dev.parts.AppPart;
import dev.moa.dev.parts.AppSpecs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes the start-up caches that are missing: runs the whole platform once on other ports and empty data, and stops
 * it again; each JVM writes down what it loaded. A real run, with a real Redis and Kafka, loads what a real start
 * loads. If it fails, the platform starts without caches, slower.
 */
final class Training {
    private static final Duration LIMIT = Duration.ofSeconds(180);

    private final PlatformOptions options;
    private final Jdk jdk;
    private final List<AppPart> apps;
    private final AppSpecs specs;
    private final PlatformListener listener;
    private volatile @Nullable Platform platform;
    private volatile boolean isAborted;

    Training(PlatformOptions options, Jdk jdk, List<AppPart> apps, AppSpecs specs, PlatformListener listener) {
        this.options = options;
        this.jdk = jdk;
        this.apps = apps;
        this.specs = specs;
        this.listener = listener;
    }

    void run() {
        long untrained = apps.stream().filter(app -> !specs.isTrained(app)).count();
        if (untrained == 0 && specs.isKafkaTrained()) {
            return;
        }
        listener.heard(
                "",
                "making start-up caches for %s with JDK %s: once after a build, about a minute (--no-cache skips it)"
                        .formatted(untrained == 0 ? "Kafka" : untrained + " apps", jdk.version()));
        long began = System.nanoTime();
        Path root = options.home()
                .resolve(".moa/training-" + ProcessHandle.current().pid());
        try (Platform running = new Platform(
                options.withRoot(root).onRandomPorts().withOwnRedis(null).withOwnKafka(null),
                PlatformListener.silent(),
                true)) {
            platform = running;
            if (isAborted) {
                return;
            }
            running.start();
            running.awaitHealthy(LIMIT);
        } catch (PlatformException e) {
            if (!isAborted) {
                listener.heard("", "no start-up caches, starting without them: " + e.getMessage());
            }
        } finally {
            delete(root);
        }
        if (!isAborted) {
            listener.heard("", "start-up caches made in %.0f s".formatted((System.nanoTime() - began) / 1e9));
        }
    }

    /** Ends a run that goes on in another thread, without the caches that it has not written yet. */
    void abort() {
        isAborted = true;
        Platform running = platform;
        if (running != null) {
            running.abort();
        }
    }

    private static void delete(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + directory, e);
        }
    }
}
