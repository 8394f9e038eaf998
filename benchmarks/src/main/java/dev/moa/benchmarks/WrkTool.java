package dev.moa.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The HTTP load generator {@code wrk}. */
final class WrkTool {

    private WrkTool() {}

    /** Asks for so many seconds over so many connections; {@code json} is sent by POST, null by GET. */
    static RedisBenchmarkTool.Run run(String url, @Nullable String json, int connections, int seconds)
            throws IOException, InterruptedException {
        Path script = Files.createTempFile("moa-bench", ".lua");
        try {
            Files.writeString(
                    script,
                    json == null
                            ? ""
                            : "wrk.method=\"POST\"\nwrk.body=[=[%s]=]\nwrk.headers[\"Content-Type\"]=\"application/json\"\n"
                                    .formatted(json));
            List<String> lines = Tool.run(
                    "wrk", "-t1", "-c" + connections, "-d" + seconds + "s", "--latency", "-s", script.toString(), url);
            if (lines.stream().anyMatch(line -> line.contains("Non-2xx") || line.contains("Socket errors"))) {
                throw new IOException("wrk: " + lines);
            }
            return new RedisBenchmarkTool.Run(
                    Double.parseDouble(word(lines, "Requests/sec:")),
                    ms(word(lines, "50%")),
                    ms(word(lines, "99%")),
                    calls(lines));
        } finally {
            Files.delete(script);
        }
    }

    // "  123456 requests in 3.00s, 45.67MB read"
    private static long calls(List<String> lines) throws IOException {
        for (String line : lines) {
            if (line.contains(" requests in ")) {
                return Long.parseLong(line.strip().split(" ", 2)[0]);
            }
        }
        throw new IOException("wrk did not say how many requests: " + lines);
    }

    private static String word(List<String> lines, String label) throws IOException {
        for (String line : lines) {
            if (line.strip().startsWith(label)) {
                return line.strip().substring(label.length()).strip();
            }
        }
        throw new IOException("wrk did not say '%s': %s".formatted(label, lines));
    }

    private static double ms(String time) {
        double number = Double.parseDouble(time.replaceAll("[a-z]", ""));
        return time.endsWith("us") ? number / 1_000 : time.endsWith("ms") ? number : number * 1_000;
    }
}
