package dev.moa.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who was acknowledged and what was delivered, kept outside the platform: in memory for the verdict, and in two
 * files, a line each, for whoever wants to look again.
 */
final class TaskLedger implements AutoCloseable {

    private final Map<String, Boolean> acknowledged = new ConcurrentHashMap<>();
    private final Map<String, Integer> delivered = new ConcurrentHashMap<>();
    private final Writer acknowledgedFile;
    private final Writer deliveredFile;

    private TaskLedger(Writer acknowledgedFile, Writer deliveredFile) {
        this.acknowledgedFile = acknowledgedFile;
        this.deliveredFile = deliveredFile;
    }

    static TaskLedger open(Path directory) throws IOException {
        return new TaskLedger(
                Files.newBufferedWriter(directory.resolve("acknowledged.txt")),
                Files.newBufferedWriter(directory.resolve("delivered.txt")));
    }

    void acknowledge(String taskId) {
        acknowledged.put(taskId, true);
        write(acknowledgedFile, taskId);
    }

    void deliver(String taskId) {
        delivered.merge(taskId, 1, Integer::sum);
        write(deliveredFile, taskId);
    }

    int acknowledged() {
        return acknowledged.size();
    }

    List<String> acknowledgedIds() {
        return List.copyOf(acknowledged.keySet());
    }

    int deliveriesOf(String taskId) {
        return delivered.getOrDefault(taskId, 0);
    }

    @Override
    public void close() throws IOException {
        acknowledgedFile.close();
        deliveredFile.close();
    }

    private static void write(Writer file, String line) {
        try {
            synchronized (file) {
                file.write(line + "\n");
                file.flush();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the ledger cannot be written; its verdict would be worth nothing", e);
        }
    }
}
