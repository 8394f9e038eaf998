package dev.moa.dev.jdk;

import java.nio.file.Path;

/** A Java installation: its home directory, feature release (17, 25) and full version (25.0.3). */
public record Jdk(Path home, int feature, String version) {

    /** The {@code java} program. */
    public Path java() {
        return home.resolve("bin").resolve("java");
    }

    /** Whether start-up caches are made and used with the ahead-of-time cache options (JEP 483, 514, 515). */
    public boolean hasAotCache() {
        return feature >= 25;
    }

    /** Whether compact object headers are a product option (JEP 519). */
    public boolean hasCompactHeaders() {
        return feature >= 25;
    }

    @Override
    public String toString() {
        return "JDK %s (%s)".formatted(version, home);
    }
}
