package dev.moa.dev.parts;

import dev.moa.dev.jdk.Jdk;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
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

    /** The file of an app whose thin jar is {@code jar}. */
    Path file(String part, Path jar) {
        return jar.resolveSibling("%s-jdk-%s.%s".formatted(part, jdk.version(), jdk.hasAotCache() ? "aot" : "jsa"));
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

    List<String> flags(Path file, boolean isTraining) {
        if (isTraining) {
            try {
                Files.createDirectories(file.resolveSibling("."));
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
