package dev.moa.dev.cli;

import dev.moa.dev.PlatformState;
import dev.moa.dev.process.Memory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The one table that {@code up} and {@code status} end with: each part, where it is, how it is and what it costs. */
final class Table {
    private static final List<String> HEAD = List.of("part", "status", "address", "moa port", "pid", "start", "memory");

    private Table() {}

    static List<String> of(PlatformState state) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEAD);
        long total = 0;
        boolean isProportional = true;
        int processes = 0;
        for (PlatformState.Part part : state.parts()) {
            Memory memory = part.pid() > 0 ? Memory.of(part.pid()) : new Memory(0, true);
            total += memory.bytes();
            processes += part.pid() > 0 ? 1 : 0;
            isProportional &= memory.isProportional();
            Integer moaPort = part.moaPort();
            rows.add(List.of(
                    part.name(),
                    part.status().toLowerCase(Locale.ROOT)
                            + (part.restarts() > 0 ? " (%d restarts)".formatted(part.restarts()) : ""),
                    part.url(),
                    moaPort == null ? "" : moaPort.toString(),
                    part.pid() > 0 ? Long.toString(part.pid()) : "",
                    part.readyMs() > 0 ? "%.1f s".formatted(part.readyMs() / 1000.0) : "",
                    part.pid() > 0 ? megabytes(memory.bytes()) : ""));
        }
        Memory launcher = Memory.of(state.pid());
        total += launcher.bytes();
        rows.add(List.of("launcher", "", "", "", Long.toString(state.pid()), "", megabytes(launcher.bytes())));
        List<String> lines = new ArrayList<>(align(rows));
        lines.add("");
        lines.add("%s: %d MiB in %d processes"
                .formatted(
                        isProportional ? "memory (PSS)" : "memory (RSS, shared pages counted in full)",
                        total >> 20,
                        processes + 1));
        return lines;
    }

    private static String megabytes(long bytes) {
        return "%d MiB".formatted(bytes >> 20);
    }

    static List<String> align(List<List<String>> rows) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int column = 0; column < columns; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < columns; column++) {
                line.append(("%-" + (widths[column] + 2) + "s").formatted(row.get(column)));
            }
            lines.add("  " + line.toString().stripTrailing());
        }
        return lines;
    }
}
