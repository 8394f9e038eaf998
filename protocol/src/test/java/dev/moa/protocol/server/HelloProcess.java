package dev.moa.protocol.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@link HelloPort} in a JVM of its own. */
final class HelloProcess implements AutoCloseable {

    private final Process process;
    private final BufferedReader out;
    private final int port;

    HelloProcess() throws IOException {
        this(new String[] {"0"});
    }

    /** @param arguments of {@link HelloPort} */
    HelloProcess(String... arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                HelloPort.class.getName()));
        line.addAll(List.of(arguments));
        process = new ProcessBuilder(line)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        out = process.inputReader(StandardCharsets.UTF_8);
        port = Integer.parseInt(line("READY "));
    }

    int port() {
        return port;
    }

    /** Returns bytes of heap and direct memory in use, and open connections. */
    long[] memory() throws IOException {
        OutputStream in = process.getOutputStream();
        in.write('\n');
        in.flush();
        String[] words = line("MEMORY ").split(" ");
        return new long[] {Long.parseLong(words[0]), Long.parseLong(words[1])};
    }

    private String line(String prefix) throws IOException {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith(prefix)) {
                return line.substring(prefix.length());
            }
        }
        throw new IOException("the process ended before it said " + prefix);
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
