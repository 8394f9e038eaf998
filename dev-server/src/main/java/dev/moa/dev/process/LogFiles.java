package dev.moa.dev.process;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Keeps log files bounded. The children append to their files themselves, so that a log goes on when the launcher
 * is gone; a file that grew too long is copied aside and cut to nothing in place, which appending writers allow.
 * Lines written between the copy and the cut are lost: a development log may, and nothing else is kept here.
 */
public final class LogFiles {
    private static final long LARGEST = 8L * 1024 * 1024;
    private static final int KEPT = 2;

    private LogFiles() {}

    /** Cuts the file if it is longer than 8 MiB; two older pieces are kept beside it. */
    public static void rotate(Path log) throws IOException {
        if (!Files.exists(log) || Files.size(log) < LARGEST) {
            return;
        }
        for (int n = KEPT; n > 1; n--) {
            Path older = sibling(log, n - 1);
            if (Files.exists(older)) {
                Files.move(older, sibling(log, n), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Files.copy(log, sibling(log, 1), StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
            channel.truncate(0);
        }
    }

    /** The last lines of a file, at most {@code lines} and 64 KiB. */
    public static List<String> tail(Path log, int lines) {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            int size = (int) Math.min(file.length(), 64 * 1024);
            byte[] end = new byte[size];
            file.seek(file.length() - size);
            file.readFully(end);
            List<String> all = new String(end, StandardCharsets.UTF_8).lines().toList();
            return all.subList(Math.max(0, all.size() - lines), all.size());
        } catch (IOException unreadable) {
            return List.of();
        }
    }

    private static Path sibling(Path log, int n) {
        return log.resolveSibling(log.getFileName() + "." + n);
    }
}
