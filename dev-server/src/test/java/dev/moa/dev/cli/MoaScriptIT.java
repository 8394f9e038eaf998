package dev.moa.dev.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.dev.PlatformState;
import dev.moa.dev.parts.Layout;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./moa} itself, as people type it, with Redis, Kafka and one app. */
class MoaScriptIT {
    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** So that two builds on one machine do not meet. */
    private final int offset = 22_000 + (int) (ProcessHandle.current().pid() % 14_000);

    private final Layout layout = Layout.of(HOME, offset);

    @TempDir
    Path directory;

    @AfterEach
    void stopAndForget() throws Exception {
        moa("down", "--port-offset", "" + offset);
        moa("reset", "--port-offset", "" + offset);
        Files.deleteIfExists(layout.root());
    }

    @Test
    void upStaysInTheForegroundAndCtrlCStopsAllThatItStarted() throws Exception {
        Process up =
                start(List.of("up", "--only", "registry", "--no-build", "--no-cache", "--port-offset", "" + offset));
        await().atMost(PATIENCE)
                .until(() -> PlatformState.read(layout)
                        .filter(state -> state.phase() == PlatformState.Phase.RUNNING)
                        .isPresent());
        PlatformState state = PlatformState.read(layout).orElseThrow();
        assertThat(state.parts()).extracting(PlatformState.Part::name).containsExactly("redis", "kafka", "registry");
        assertThat(state.parts()).extracting(PlatformState.Part::status).containsOnly("HEALTHY");

        // what the terminal sends for Ctrl-C
        new ProcessBuilder("kill", "-INT", "" + up.pid()).start().waitFor();

        assertThat(up.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(state.running()).isEmpty();
        assertThat(output()).contains("all healthy after", "memory (", "stopped");
        assertThat(moa("status", "--port-offset", "" + offset)).isEqualTo(3);
    }

    @Test
    void whatAKilledLauncherLeftBehindIsSaidAndStopped() throws Exception {
        assertThat(moa("up", "-d", "--only", "registry", "--no-build", "--no-cache", "--port-offset", "" + offset))
                .as("%s", output())
                .isZero();
        assertThat(moa("status", "--port-offset", "" + offset)).isZero();
        PlatformState state = PlatformState.read(layout).orElseThrow();

        state.launcher().orElseThrow().destroyForcibly();
        await().atMost(PATIENCE).until(() -> state.launcher().isEmpty());

        assertThat(state.running()).hasSize(3);
        assertThat(moa("status", "--port-offset", "" + offset)).isEqualTo(1);
        assertThat(output()).contains("left 3 processes running");
        assertThat(moa("down", "--port-offset", "" + offset)).isZero();
        assertThat(state.running()).isEmpty();
    }

    @Test
    void aPortInUseIsNamedAndTheExitCodeIsNotZero() throws Exception {
        try (ServerSocket taken = new ServerSocket(8081 + offset, 1, InetAddress.getLoopbackAddress())) {
            assertThat(moa("up", "-d", "--no-build", "--no-cache", "--port-offset", "" + offset))
                    .isEqualTo(1);

            assertThat(output())
                    .contains("port %d (registry http) is in use by pid".formatted(taken.getLocalPort()))
                    .contains("./moa up --port-offset");
        }
    }

    @Test
    void aWrongJavaIsNamed() throws Exception {
        Process process = start(List.of("status"), Map.of("MOA_JAVA_HOME", "/nowhere"));

        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(1);
        assertThat(output()).contains("MOA_JAVA_HOME: /nowhere (expected: the home directory of a JDK 17 or newer)");
    }

    @Test
    void aWrongCommandLineEndsWithTwoAndSaysWhatIsWrong() throws Exception {
        assertThat(moa("jump")).isEqualTo(2);
        assertThat(output()).contains("moa jump: unknown command");
        assertThat(moa("up", "--no-build", "--backwards")).isEqualTo(2);
        assertThat(output()).contains("unknown option --backwards");
        assertThat(moa("up", "--no-build", "--only", "nothing")).isEqualTo(2);
        assertThat(output()).contains("--only: nothing (expected: some of [registry, router,");
    }

    @Test
    void helpIsThereBehindEveryCommand() throws Exception {
        for (String line :
                List.of("help", "--help", "up --help", "status -h", "stub --help", "chaos registry --help")) {
            assertThat(moa(line.split(" "))).as(line).isZero();
            assertThat(output()).as(line).startsWith("usage: ./moa COMMAND");
        }
    }

    private int moa(String... words) throws Exception {
        Process process = start(List.of(words));
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private Process start(List<String> words) throws IOException {
        return start(words, Map.of());
    }

    private Process start(List<String> words, Map<String, String> environment) throws IOException {
        List<String> command = new ArrayList<>(List.of(HOME.resolve("moa").toString()));
        command.addAll(words);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(directory.resolve("output").toFile());
        builder.environment().putAll(environment);
        return builder.start();
    }

    private String output() throws IOException {
        return Files.readString(directory.resolve("output"), StandardCharsets.UTF_8);
    }
}
