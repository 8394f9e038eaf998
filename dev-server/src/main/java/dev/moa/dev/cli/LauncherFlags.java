package dev.moa.dev.cli;

import java.nio.file.Path;
import java.util.List;

/** The JVM flags of the launcher that stays: it watches a dozen processes and needs next to nothing. */
final class LauncherFlags {
    private LauncherFlags() {}

    static List<String> flags(Path home, long beganAtMs) {
        return List.of(
                "-Xmx32m",
                "-Xms6m",
                "-Xmn2m",
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:ArchiveRelocationMode=0",
                "-XX:-UsePerfData",
                "-Xss256k",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dmoa.home=" + home,
                "-Dmoa.began-ms=" + beganAtMs);
    }
}
