package dev.moa.compatibility;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** How the Java programs are started: with the class path of this JVM, one jar exchanged for another version. */
final class JavaPrograms {

    /** Where the build has put the versions that are not on the class path. */
    private static final Path OTHER_VERSIONS = Path.of("target/clients");

    private JavaPrograms() {}

    /** Returns the command that runs a program of {@code dev.moa.compatibility.clients}, arguments behind its name. */
    static List<String> java(String program) {
        return command(program, System.getProperty("java.class.path"));
    }

    /** The same with {@code <artifact>-<version>.jar} in place of the artifact's jar on the class path. */
    static List<String> java(String program, String artifact, String version) {
        String other = OTHER_VERSIONS.resolve(artifact + "-" + version + ".jar").toString();
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).getFileName().toString().startsWith(artifact + "-") ? other : entry)
                .collect(Collectors.joining(File.pathSeparator));
        return command(program, classPath);
    }

    private static List<String> command(String program, String classPath) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // a program that runs for a second: no second compiler, little memory
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-cp",
                classPath));
        command.addAll(List.of(("dev.moa.compatibility.clients." + program).split(" ")));
        return command;
    }
}
