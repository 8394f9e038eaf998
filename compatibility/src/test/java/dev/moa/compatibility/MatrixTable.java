package dev.moa.compatibility;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** What each client got, as a table to read: {@code ok}, {@code FAIL}, or {@code -} where the client has no such thing. */
final class MatrixTable {

    private final Map<String, Map<String, String>> rows = new ConcurrentHashMap<>();

    void put(StockClient client, Map<String, String> cells) {
        rows.put(client.name(), cells);
    }

    void write(Path file, List<StockClient> clients) throws IOException {
        StringBuilder text = new StringBuilder("%-22s".formatted("client"));
        StockClient.COLUMNS.forEach(column -> text.append("%-10s".formatted(column)));
        text.append("also\n");
        for (StockClient client : clients) {
            text.append("%-22s".formatted(client.name()));
            StockClient.COLUMNS.forEach(column -> text.append("%-10s".formatted(word(client, column))));
            text.append(client.cells().stream()
                            .filter(cell -> !StockClient.COLUMNS.contains(cell))
                            .map(cell -> cell + " " + word(client, cell))
                            .collect(Collectors.joining(", ")))
                    .append('\n');
        }
        text.append("""
                restart: calls that failed while the instance drained, ended and started again at the same port
                moving: the same while it drained and ended, where the client is told of another instance
                """);
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, text.toString());
        System.out.print(text);
    }

    private String word(StockClient client, String cell) {
        Map<String, String> row = rows.get(client.name());
        if (!client.cells().contains(cell)) {
            return "-";
        }
        if (row == null) {
            return "skipped";
        }
        String value = row.get(cell);
        if (value == null || !client.accepts(cell, value)) {
            return "FAIL";
        }
        return cell.equals("restart") || cell.equals("moving") ? value + " failed" : "ok";
    }
}
