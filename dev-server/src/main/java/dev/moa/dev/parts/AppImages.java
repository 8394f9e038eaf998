package dev.moa.dev.parts;

import dev.moa.dev.jdk.Jdk;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * The apps as plain jars. A packed Boot app holds its libraries inside, which no start-up cache of the JVM can read;
 * so each is unpacked once per content into {@code .moa/apps/<module>/<content>/}, a thin jar beside its {@code lib}.
 * The content is named by the checksums that the jar lists for its entries: no need to read 400 MB at every start.
 */
public final class AppImages {
    private static final int KEPT = 2;

    private final Layout layout;
    private final Jdk jdk;

    public AppImages(Layout layout, Jdk jdk) {
        this.layout = layout;
        this.jdk = jdk;
    }

    /** The thin jar of a module, unpacked if that was not done before. */
    public Path jar(String module) {
        Path packed = packed(module);
        Path directory = layout.apps().resolve(module).resolve(contentName(packed));
        Path jar = directory.resolve(packed.getFileName());
        if (!Files.exists(jar)) {
            unpack(packed, layout.apps().resolve(module), directory);
        }
        return jar;
    }

    /** Whether the module has been built. */
    public boolean isBuilt(String module) {
        return findPacked(module).isPresent();
    }

    private Path packed(String module) {
        return findPacked(module)
                .orElseThrow(() -> new IllegalStateException(
                        "%s is not built: no moa-%s-*-app.jar in %s; build it: ./mvnw -DskipTests package"
                                .formatted(module, module, target(module))));
    }

    private Optional<Path> findPacked(String module) {
        Path target = target(module);
        if (!Files.isDirectory(target)) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(target, "moa-" + module + "-*-app.jar")) {
            for (Path jar : jars) {
                return Optional.of(jar);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + target, e);
        }
        return Optional.empty();
    }

    private Path target(String module) {
        return layout.home().resolve(module).resolve("target");
    }

    private void unpack(Path packed, Path parent, Path directory) {
        try {
            Files.createDirectories(parent);
            // a second copy of the platform may start at the same time: one of them unpacks
            try (FileChannel lockFile = FileChannel.open(
                            parent.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = lockFile.lock()) {
                if (Files.exists(directory) || !lock.isValid()) {
                    return;
                }
                Path unfinished = parent.resolve("unfinished");
                delete(unfinished);
                Process tools = new ProcessBuilder(
                                jdk.java().toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "-Djarmode=tools",
                                "-jar",
                                packed.toString(),
                                "extract",
                                "--destination",
                                unfinished.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(parent.resolve("unpack.log").toFile())
                        .start();
                if (!tools.waitFor(60, TimeUnit.SECONDS) || tools.exitValue() != 0) {
                    tools.destroyForcibly();
                    throw new IllegalStateException("cannot unpack %s: %s"
                            .formatted(
                                    packed,
                                    Files.readString(parent.resolve("unpack.log"))
                                            .strip()));
                }
                Files.move(unfinished, directory, StandardCopyOption.ATOMIC_MOVE);
                forgetOld(parent);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unpack %s: %s".formatted(packed, e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while unpacking " + packed, e);
        }
    }

    /** Keeps the newest ones: another copy of the platform may still run from the one before. */
    private static void forgetOld(Path parent) throws IOException {
        List<Path> versions = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(parent, Files::isDirectory)) {
            all.forEach(versions::add);
        }
        versions.sort(Comparator.comparing(AppImages::modified).reversed());
        for (Path old : versions.subList(Math.min(KEPT, versions.size()), versions.size())) {
            delete(old);
        }
    }

    private static FileTime modified(Path path) {
        try {
            return Files.getLastModifiedTime(path);
        } catch (IOException gone) {
            return FileTime.fromMillis(0);
        }
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** 12 hex digits over names, sizes and checksums of the entries. */
    static String contentName(Path jar) {
        try (ZipFile zip = new ZipFile(new File(jar.toString()))) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            ByteBuffer numbers = ByteBuffer.allocate(16);
            for (ZipEntry entry : Collections.list(zip.entries())) {
                digest.update(entry.getName().getBytes(StandardCharsets.UTF_8));
                numbers.clear();
                numbers.putLong(entry.getCrc()).putLong(entry.getSize());
                digest.update(numbers.array());
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 6);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read %s: %s".formatted(jar, e.getMessage()), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JVM lacks SHA-256", e);
        }
    }
}
