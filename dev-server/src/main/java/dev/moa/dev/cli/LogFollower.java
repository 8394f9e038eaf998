package dev.moa.dev.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Shows what is appended to log files, each line with the name of its file in front. Follows a file that is cut. */
final class LogFollower {
    private static final int LARGEST_STEP = 256 * 1024;
    private static final int LONGEST_LINE = 64 * 1024;

    private final Console console;
    private final List<Followed> files = new ArrayList<>();
    private boolean hasPrefix = true;

    /** Begins {@code lastLines} before the present end of each file; 0 begins where a fresh file begins or at the end. */
    LogFollower(Console console, List<Path> logs, int lastLines) {
        this.console = console;
        for (Path log : logs) {
            files.add(new Followed(log, lastLines));
        }
    }

    LogFollower withoutPrefix() {
        hasPrefix = false;
        return this;
    }

    /** Goes on until the process ends. */
    void follow() throws InterruptedException {
        while (true) {
            readOnce();
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    void readOnce() {
        files.forEach(Followed::read);
    }

    private final class Followed {
        private final Path log;
        private final String name;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();
        private long position;

        Followed(Path log, int lastLines) {
            this.log = log;
            this.name = String.valueOf(log.getFileName()).replaceFirst("\\.log$", "");
            this.position = startOf(lastLines);
        }

        private long startOf(int lastLines) {
            try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
                long end = file.length();
                int size = (int) Math.min(end, LONGEST_LINE);
                byte[] tail = new byte[size];
                file.seek(end - size);
                file.readFully(tail);
                int breaks = 0;
                for (int i = size - 1; i >= 0; i--) {
                    if (tail[i] == '\n' && breaks++ == lastLines) {
                        return end - size + i + 1;
                    }
                }
                return end - size;
            } catch (IOException absent) {
                return 0;
            }
        }

        void read() {
            if (!Files.exists(log)) {
                return;
            }
            try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
                long length = file.length();
                if (length < position) {
                    position = 0;
                }
                if (length == position) {
                    return;
                }
                file.seek(position);
                byte[] step = new byte[(int) Math.min(LARGEST_STEP, length - position)];
                file.readFully(step);
                position += step.length;
                for (byte b : step) {
                    if (b == '\n' || line.size() >= LONGEST_LINE) {
                        String text = line.toString(StandardCharsets.UTF_8);
                        console.line(hasPrefix ? name : "", text);
                        line.reset();
                    } else {
                        line.write(b);
                    }
                }
            } catch (IOException unreadable) {
                // cut or gone in this moment: the next round sees
            }
        }
    }
}
