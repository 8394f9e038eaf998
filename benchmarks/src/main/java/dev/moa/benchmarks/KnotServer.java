package dev.moa.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The name server Knot DNS with one zone, as it comes but for where it listens and writes. */
final class KnotServer {

    private KnotServer() {}

    /** @param zone the zone {@code moa} as a zone file has it */
    static Child start(String zone) throws IOException, InterruptedException {
        int port = Child.freePort();
        Path directory = Files.createTempDirectory("moa-bench-knot");
        Files.writeString(directory.resolve("moa.zone"), zone);
        Path settings = directory.resolve("knot.conf");
        Files.writeString(settings, """
                server:
                  rundir: "%1$s"
                  listen: 127.0.0.1@%2$d
                database:
                  storage: "%1$s"
                zone:
                  - domain: moa
                    storage: "%1$s"
                    file: moa.zone
                    zonefile-sync: -1
                    journal-content: none
                """.formatted(directory, port));
        return Child.program(port, "/usr/sbin/knotd", "-c", settings.toString());
    }
}
