package dev.moa.dev.parts;

import dev.moa.dev.jdk.Jdk;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The JVM's start-up caches, one per app, content and JDK: from JDK 25 an AOT cache (classes loaded and linked ahead
 * of time, with the profiles of the training run), before it a class data archive. A cache is made by a training run
 * that ends; a JVM to which it does not fit ignores it.
 */
public final class StartCaches {
    private final Layout layout;
    private final Jdk jdk;

    public StartCaches(Layout layout, Jdk jdk) {
        this.layout = layout;
        this.jdk = jdk;
    }

    /** The file of an app whose thin jar is {@code jar}; other flags may not fit the cache, so they get another. */
    Path file(String part, Path jar, List<String> jvmFlags) {
        return jar.resolveSibling("%s-%08x-jdk-%s.%s"
                .formatted(part, jvmFlags.hashCode(), jdk.version(), jdk.hasAotCache() ? "aot" : "jsa"));
    }

    Path kafkaFile() {
        StringBuilder content = new StringBuilder();
        for (String entry : KafkaPart.classPath().split(File.pathSeparator)) {
            File jar = new File(entry);
            content.append(entry).append(jar.length()).append(jar.lastModified());
        }
        return layout.apps()
                .resolve("kafka")
                .resolve("%08x-jdk-%s.%s"
                        .formatted(content.toString().hashCode(), jdk.version(), jdk.hasAotCache() ? "aot" : "jsa"));
    }

    /** Only jars can be cached: not when the launcher itself runs from a directory of classes, as in its own tests. */
    static boolean canCacheKafka() {
        for (String entry : KafkaPart.classPath().split(File.pathSeparator)) {
            if (!entry.endsWith(".jar")) {
                return false;
            }
        }
        return true;
    }

    /** Deletes Kafka's caches of earlier builds, 75 MB each. */
    void forgetOtherKafkaFiles() {
        Path current = kafkaFile();
        Path directory = current.resolveSibling(".");
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                if (!file.getFileName().equals(current.getFileName())) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot clean %s: %s".formatted(directory, e.getMessage()), e);
        }
    }

    List<String> flags(Path file, boolean isTraining) {
        if (isTraining) {
            try {
                Files.createDirectories(file.toAbsolutePath().resolveSibling("."));
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "cannot make the directory of %s: %s".formatted(file, e.getMessage()), e);
            }
            return List.of((jdk.hasAotCache() ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=") + file);
        }
        if (!Files.exists(file)) {
            return List.of();
        }
        return jdk.hasAotCache()
                // mapped where it was written for: its pages stay those of the file instead of becoming copies
                ? List.of("-XX:AOTCache=" + file, "-XX:+UnlockDiagnosticVMOptions", "-XX:ArchiveRelocationMode=0")
                : List.of("-XX:SharedArchiveFile=" + file, "-Xlog:cds=off", "-Xlog:cds+dynamic=off");
    }
}
