package dev.moa.dev.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The memory of a process.
 *
 * @param bytes how much; 0 if the process is gone
 * @param isProportional true: PSS, where a page shared by n processes counts 1/n (Linux); false: RSS, which counts
 *     shared pages in full
 */
public record Memory(long bytes, boolean isProportional) {

    public static Memory of(long pid) {
        Path rollup = Path.of("/proc/" + pid + "/smaps_rollup");
        try {
            for (String line : Files.readAllLines(rollup, StandardCharsets.US_ASCII)) {
                if (line.startsWith("Pss:")) {
                    return new Memory(kilobytes(line), true);
                }
            }
        } catch (IOException notLinuxOrGone) {
            // no such file: another system, or another user's process
        }
        return new Memory(resident(pid), false);
    }

    private static long resident(long pid) {
        try {
            Process ps = new ProcessBuilder("ps", "-o", "rss=", "-p", Long.toString(pid))
                    .redirectErrorStream(true)
                    .start();
            try (BufferedReader reader =
                    new BufferedReader(new InputStreamReader(ps.getInputStream(), StandardCharsets.US_ASCII))) {
                String line = reader.readLine();
                return line == null ? 0 : kilobytes(line);
            }
        } catch (IOException | NumberFormatException unknown) {
            return 0;
        }
    }

    private static long kilobytes(String line) {
        String digits = line.replaceAll("[^0-9]", "");
        return digits.isEmpty() ? 0 : Long.parseLong(digits) * 1024;
    }
}
