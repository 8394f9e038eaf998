package dev.moa.dev.jdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JdksTests {
    @TempDir
    Path directory;

    @Test
    void theNewestInstallationIsChosen() throws IOException {
        install("seventeen", "17.0.15");
        Path newest = install("hundred", "100.0.1");
        install("eight", "1.8.0_392");

        Jdks jdks = new Jdks(Map.of(), List.of(directory));

        assertThat(jdks.choose()).isEqualTo(new Jdk(newest, 100, "100.0.1"));
        assertThat(jdks.all()).extracting(Jdk::feature).doesNotContain(8).contains(17);
    }

    @Test
    void theOneThatIsAskedForWins() throws IOException {
        install("hundred", "100");
        Path asked = install("seventeen", "17.0.15");

        Jdks jdks = new Jdks(Map.of("MOA_JAVA_HOME", asked.toString()), List.of(directory));

        assertThat(jdks.choose().home()).isEqualTo(asked);
    }

    @Test
    void aWrongMoaJavaHomeIsNamedAndNotReplaced() throws IOException {
        Path old = install("eight", "1.8.0_392");

        Jdks jdks = new Jdks(Map.of("MOA_JAVA_HOME", old.toString()), List.of(directory));

        assertThatThrownBy(jdks::choose)
                .hasMessage("MOA_JAVA_HOME: %s (expected: the home directory of a JDK 17 or newer)".formatted(old));
    }

    @Test
    void aDirectoryWithoutAReleaseFileIsNoInstallation() throws IOException {
        Path bin = Files.createDirectories(directory.resolve("broken/bin"));
        assertThat(Files.createFile(bin.resolve("java")).toFile().setExecutable(true))
                .isTrue();

        assertThat(Jdks.read(directory.resolve("broken"))).isEmpty();
    }

    private Path install(String name, String version) throws IOException {
        Path home = directory.resolve(name);
        Path bin = Files.createDirectories(home.resolve("bin"));
        assertThat(Files.createFile(bin.resolve("java")).toFile().setExecutable(true))
                .isTrue();
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"%s\"\n".formatted(version));
        return home;
    }
}
