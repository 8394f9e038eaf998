package dev.moa.dev.jdk;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the Java installations of this machine by their {@code release} files, without starting any of them:
 * {@code MOA_JAVA_HOME} (which wins over all), the running one, {@code JAVA_HOME}, the {@code PATH}, and the
 * places where Linux distributions, macOS, Homebrew, SDKMAN!, asdf and IDEs put them.
 */
public final class Jdks {
    /** The oldest release that the apps run on. */
    public static final int OLDEST = 17;

    private final Map<String, String> environment;
    private final List<Path> parents;

    /** Looks in the usual places of this machine. */
    public static Jdks ofThisMachine() {
        Path home = Path.of(System.getProperty("user.home", "/"));
        return new Jdks(
                System.getenv(),
                List.of(
                        Path.of("/usr/lib/jvm"),
                        Path.of("/usr/java"),
                        Path.of("/opt/java"),
                        Path.of("/opt/jdk"),
                        Path.of("/Library/Java/JavaVirtualMachines"),
                        Path.of("/opt/homebrew/opt"),
                        Path.of("/usr/local/opt"),
                        home.resolve(".sdkman/candidates/java"),
                        home.resolve(".asdf/installs/java"),
                        home.resolve(".local/share/mise/installs/java"),
                        home.resolve(".jdks")));
    }

    Jdks(Map<String, String> environment, List<Path> parents) {
        this.environment = environment;
        this.parents = parents;
    }

    /** The one to use: {@code MOA_JAVA_HOME} if it is set, else the newest. */
    public Jdk choose() {
        String asked = environment.get("MOA_JAVA_HOME");
        if (asked != null && !asked.isBlank()) {
            return read(Path.of(asked))
                    .filter(jdk -> jdk.feature() >= OLDEST)
                    .orElseThrow(() -> new IllegalStateException(
                            "MOA_JAVA_HOME: %s (expected: the home directory of a JDK %d or newer)"
                                    .formatted(asked, OLDEST)));
        }
        return all().stream()
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "no JDK %d or newer found; install one (Debian: openjdk-17-jdk) or set JAVA_HOME"
                                .formatted(OLDEST)));
    }

    /** Every installation of release 17 or newer, the newest first. */
    public List<Jdk> all() {
        Map<Path, Jdk> found = new LinkedHashMap<>();
        for (Path candidate : candidates()) {
            read(candidate)
                    .filter(jdk -> jdk.feature() >= OLDEST)
                    .ifPresent(jdk -> found.putIfAbsent(real(jdk.home()), jdk));
        }
        List<Jdk> sorted = new ArrayList<>(found.values());
        sorted.sort(Comparator.comparing((Jdk jdk) -> Runtime.Version.parse(versionOf(jdk)))
                .reversed());
        return sorted;
    }

    private List<Path> candidates() {
        List<Path> candidates = new ArrayList<>();
        candidates.add(Path.of(System.getProperty("java.home", "/nowhere")));
        String javaHome = environment.get("JAVA_HOME");
        if (javaHome != null && !javaHome.isBlank()) {
            candidates.add(Path.of(javaHome));
        }
        for (String directory : environment.getOrDefault("PATH", "").split(File.pathSeparator)) {
            Path java = Path.of(directory.isBlank() ? "." : directory, "java");
            if (Files.isExecutable(java)) {
                // <home>/bin/java
                Path bin = real(java).getParent();
                if (bin != null && bin.getParent() != null) {
                    candidates.add(bin.resolve("..").normalize());
                }
            }
        }
        for (Path parent : parents) {
            if (!Files.isDirectory(parent)) {
                continue;
            }
            try (DirectoryStream<Path> homes = Files.newDirectoryStream(parent)) {
                for (Path home : homes) {
                    candidates.add(home);
                    candidates.add(home.resolve("Contents/Home"));
                    candidates.add(home.resolve("libexec/openjdk.jdk/Contents/Home"));
                }
            } catch (IOException unreadable) {
                // a directory that this user may not list holds no JDK for this user
            }
        }
        return candidates;
    }

    /** Reads the {@code release} file of an installation; empty if it is none or has no {@code java} program. */
    static Optional<Jdk> read(Path home) {
        Path release = home.resolve("release");
        if (!Files.isExecutable(home.resolve("bin").resolve("java")) || !Files.isReadable(release)) {
            return Optional.empty();
        }
        try {
            for (String line : Files.readAllLines(release)) {
                if (line.startsWith("JAVA_VERSION=")) {
                    String version = line.substring("JAVA_VERSION=".length())
                            .replace("\"", "")
                            .strip();
                    return Optional.of(
                            new Jdk(home, Runtime.Version.parse(clean(version)).feature(), version));
                }
            }
        } catch (IOException | IllegalArgumentException unreadable) {
            // not an installation that says what it is: leave it
        }
        return Optional.empty();
    }

    private static String versionOf(Jdk jdk) {
        return clean(jdk.version());
    }

    /** Java 8 says {@code 1.8.0_392}, which {@link Runtime.Version} does not read. */
    private static String clean(String version) {
        return version.startsWith("1.") ? version.substring(2, 3) : version;
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException gone) {
            return path.toAbsolutePath().normalize();
        }
    }
}
