package dev.moa.compatibility;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Runs the program of one row, with instances of its own that go, and gathers its cells. */
final class ClientRun {

    private static final int LIMIT_SECONDS = 60;

    private final Map<String, String> cells = new LinkedHashMap<>();
    private final StringBuilder other = new StringBuilder();

    /** Returns what the program printed for each cell; the program has 60 s. */
    Map<String, String> cells() {
        return cells;
    }

    /** Returns what else it printed, for a failure's text. */
    String other() {
        return other.toString();
    }

    void run(StockClient client, int openPort, int guardedPort) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("moa-client-", ".err");
        ScheduledExecutorService watchdog = Executors.newSingleThreadScheduledExecutor();
        try (GoingInstance restarted = GoingInstance.thatRestarts();
                GoingInstance moving = GoingInstance.thatNamesAnother(client.readsPorts())) {
            ProcessBuilder builder = new ProcessBuilder(client.command()).redirectError(errors.toFile());
            Map<String, String> environment = builder.environment();
            if (client.need() == Need.PIP) {
                environment.put(
                        "PYTHONPATH", PythonPackages.INSTALLED.toAbsolutePath().toString());
            }
            environment.put("MOA_CALL", GreeterInstance.CALL);
            environment.put("MOA_WHO", GreeterInstance.WHO);
            environment.put("MOA_TOKEN", GreeterInstance.TOKEN);
            environment.put("MOA_PORT", Integer.toString(openPort));
            environment.put("MOA_GUARDED_PORT", Integer.toString(guardedPort));
            environment.put("MOA_RESTARTED_PORT", Integer.toString(restarted.port()));
            environment.put("MOA_MOVING_PORT", Integer.toString(moving.port()));
            Process process = builder.start();
            process.getOutputStream().close();
            watchdog.schedule(process::destroyForcibly, LIMIT_SECONDS, TimeUnit.SECONDS);
            BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                int tab = line.indexOf('\t');
                if (tab > 0) {
                    String cell = line.substring(0, tab);
                    String value = line.substring(tab + 1);
                    cells.put(cell, cell.equals("restart") ? client.restarted(value, restarted.excused()) : value);
                } else if (line.equals("ready restart")) {
                    restarted.go();
                } else if (line.equals("ready moving")) {
                    moving.go();
                } else {
                    other.append(line).append('\n');
                }
            }
            other.append("ended with ").append(process.waitFor()).append('\n').append(Files.readString(errors));
        } finally {
            watchdog.shutdownNow();
            Files.delete(errors);
        }
    }
}
