package dev.moa.compatibility.rolling;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program that calls until its input ends; its arguments end with the ports. It prints a line now and then: how many
 * calls went well since the last one, or {@code failed} and why.
 */
final class ProgramCaller implements AutoCloseable {

    private final Process process;
    private final Thread reader;

    ProgramCaller(Tally tally, List<String> command, List<Integer> ports) throws IOException {
        List<String> line = new ArrayList<>(command);
        ports.forEach(port -> line.add(port.toString()));
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        builder.environment().put("MOA_CALL", RollingInstance.CALL);
        process = builder.start();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        reader = new Thread(() -> read(out, tally), "rolling-program");
        reader.setDaemon(true);
        reader.start();
    }

    private static void read(BufferedReader out, Tally tally) {
        try {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (line.matches("\\d{1,9}")) {
                    tally.good(Long.parseLong(line));
                } else if (!line.isBlank()) {
                    tally.failed(line);
                }
            }
        } catch (IOException e) {
            tally.failed("the program cannot be read: " + e);
        }
    }

    @Override
    public void close() throws InterruptedException, IOException {
        process.getOutputStream().close();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        reader.join(5_000);
    }
}
