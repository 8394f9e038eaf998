package dev.moa.dev.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On real processes: {@code sh} and {@code sleep}. */
class SupervisorTests {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir
    Path directory;

    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final Supervisor supervisor = new Supervisor(
            new RestartPolicy(Duration.ofMillis(10), Duration.ofMillis(50), 4, Duration.ofSeconds(30)),
            2,
            (state, message) -> heard.add(state.name() + " " + message));

    @AfterEach
    void stop() {
        supervisor.close();
    }

    @Test
    void aKilledChildIsStartedAgainAsANewProcess() {
        supervisor.start(child("sleeper", "sleep 60", HealthCheck.alive()));
        await().atMost(PATIENCE).until(() -> isHealthy("sleeper"));
        long before = state("sleeper").pid();

        supervisor.kill("sleeper");

        await().atMost(PATIENCE).until(() -> state("sleeper").restarts() == 1 && isHealthy("sleeper"));
        assertThat(state("sleeper").pid()).isNotEqualTo(before);
        assertThat(heard).contains("sleeper died (exit code 137: killed); starting it again");
    }

    @Test
    void aChildThatKeepsDyingIsGivenUpAndItsLogIsNamed() throws Exception {
        supervisor.start(child("broken", "echo no good; exit 3", HealthCheck.alive()));

        await().atMost(PATIENCE).until(() -> state("broken").status() == ChildStatus.FAILED);
        assertThat(supervisor.hopeless()).extracting(ChildState::name).containsExactly("broken");
        assertThat(heard.get(heard.size() - 1))
                .isEqualTo("broken died (exit code 3) 5 times in a row; not started again. See %s"
                        .formatted(directory.resolve("broken.log")));
        assertThat(Files.readString(directory.resolve("broken.log"))).contains("no good");
    }

    @Test
    void anUnhealthyChildIsToldApartFromADeadOne() {
        AtomicBoolean isGood = new AtomicBoolean(true);
        supervisor.start(
                child("moody", "sleep 60", () -> isGood.get() ? Health.good("fine") : Health.bad("store is away")));
        await().atMost(PATIENCE).until(() -> isHealthy("moody"));

        isGood.set(false);

        await().atMost(PATIENCE).until(() -> state("moody").status() == ChildStatus.UNHEALTHY);
        assertThat(state("moody").detail()).isEqualTo("store is away");
        assertThat(state("moody").restarts()).isZero();
    }

    @Test
    void noMoreChildrenStartAtATimeThanAllowed() {
        AtomicBoolean isGood = new AtomicBoolean();
        HealthCheck gate = () -> isGood.get() ? Health.good("fine") : Health.bad("not yet");
        for (String name : List.of("one", "two", "three")) {
            supervisor.start(child(name, "sleep 60", gate));
        }
        await().atMost(PATIENCE).until(() -> supervisor.states().size() == 3);
        await().atMost(PATIENCE).until(() -> state("two").status() == ChildStatus.STARTING);

        assertThat(state("three").status()).isEqualTo(ChildStatus.WAITING);
        isGood.set(true);

        await().atMost(PATIENCE).until(() -> isHealthy("three"));
    }

    @Test
    void aChildThatIgnoresTheRequestToStopIsKilledAfterItsLimit() {
        supervisor.start(new ChildSpec(
                "deaf",
                List.of("/bin/sh", "-c", "trap '' TERM; echo ready; while true; do sleep 0.05; done"),
                directory,
                Map.of(),
                directory.resolve("deaf.log"),
                () -> LogFiles.tail(directory.resolve("deaf.log"), 1).contains("ready")
                        ? Health.good("ready")
                        : Health.bad("not yet"),
                Duration.ofMillis(200)));
        await().atMost(PATIENCE).until(() -> isHealthy("deaf"));
        ProcessHandle process = ProcessHandle.of(state("deaf").pid()).orElseThrow();

        supervisor.stop(List.of("deaf"));

        assertThat(process.isAlive()).isFalse();
        assertThat(state("deaf").status()).isEqualTo(ChildStatus.STOPPED);
    }

    @Test
    void aStoppedChildStaysStoppedUntilItIsStartedAgain() {
        supervisor.start(child("sleeper", "sleep 60", HealthCheck.alive()));
        await().atMost(PATIENCE).until(() -> isHealthy("sleeper"));

        supervisor.stop(List.of("sleeper"));
        assertThat(state("sleeper").status()).isEqualTo(ChildStatus.STOPPED);
        supervisor.startAgain("sleeper");

        await().atMost(PATIENCE).until(() -> isHealthy("sleeper"));
    }

    @Test
    void closeLeavesNoProcessBehind() {
        supervisor.start(child("a", "sleep 60", HealthCheck.alive()));
        supervisor.start(child("b", "sleep 60", HealthCheck.alive()));
        await().atMost(PATIENCE).until(() -> isHealthy("a") && isHealthy("b"));
        List<Long> pids = List.of(state("a").pid(), state("b").pid());

        supervisor.close();

        assertThat(pids)
                .allMatch(pid ->
                        ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
    }

    @Test
    void anUnknownPartIsNamedWithThoseThatExist() {
        supervisor.start(child("a", "sleep 60", HealthCheck.alive()));
        await().atMost(PATIENCE).until(() -> !supervisor.states().isEmpty());

        assertThatThrownBy(() -> supervisor.kill("b")).hasMessage("b: no such part (expected: one of a)");
    }

    private ChildSpec child(String name, String script, HealthCheck health) {
        return new ChildSpec(
                name,
                List.of("/bin/sh", "-c", script),
                directory,
                Map.of(),
                directory.resolve(name + ".log"),
                health,
                Duration.ofSeconds(5));
    }

    private boolean isHealthy(String name) {
        return supervisor.states().stream()
                .anyMatch(state -> state.name().equals(name) && state.status() == ChildStatus.HEALTHY);
    }

    private ChildState state(String name) {
        return supervisor.states().stream()
                .filter(state -> state.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
