package dev.moa.router.snapshot;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A file that is there as a whole or as it was before: written beside, forced to disk, then renamed. */
public final class WholeFile {
    private static final int BUFFER = 64 * 1024;

    private WholeFile() {}

    /** Writes what the file is to contain; it is read nowhere before it is whole. */
    @FunctionalInterface
    public interface Contents {
        void writeTo(OutputStream out) throws IOException;
    }

    /** Makes the file, and the directories above it, or takes the place of what it was. One thread at a time. */
    public static void replace(Path file, byte[] contents) throws IOException {
        replace(file, out -> out.write(contents));
    }

    /** As the other one, with contents that are never all in memory. */
    public static void replace(Path file, Contents contents) throws IOException {
        Path directory = file.getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        Path beside = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(
                beside, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
            contents.writeTo(out);
            out.flush();
            channel.force(true);
        }
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
