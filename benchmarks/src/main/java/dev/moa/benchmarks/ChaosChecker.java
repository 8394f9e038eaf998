package dev.moa.benchmarks;

import dev.moa.dev.PlatformState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What {@code ./moa chaos smoke} runs beside the killing: load, a ledger outside the platform, and a verdict.
 *
 * <p>It submits tasks to the broker and writes down each that was acknowledged; it is itself the endpoint that they
 * are delivered to, and writes that down too. Beside that it calls every part four times a second. When its standard
 * input ends it submits the rest of {@value #TASKS} tasks, waits until each acknowledged one has ended, and says:
 * was any lost, did every one end in one state, did any part fail to answer although nothing it needs was killed.
 */
public final class ChaosChecker {

    private static final int TASKS = 10_000;
    private static final int TASKS_PER_SECOND = 120;
    private static final Duration SUBMIT_LIMIT = Duration.ofSeconds(120);
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(120);

    private ChaosChecker() {}

    /** @param arguments the platform's state file */
    public static void main(String[] arguments) throws Exception {
        Path stateFile = Path.of(arguments[0]);
        PartPorts ports = new PartPorts(read(stateFile).ports());
        Path directory = Files.createDirectories(stateFile.resolveSibling("chaos"));
        try (TaskLedger ledger = TaskLedger.open(directory);
                TaskLoad load = new TaskLoad(ports.of("async-broker.http"), ledger, TASKS_PER_SECOND);
                AnswerProbes probes = new AnswerProbes(ports)) {
            ScheduledExecutorService watch =
                    Executors.newSingleThreadScheduledExecutor(job -> new Thread(job, "chaos-watch-1"));
            watch.scheduleWithFixedDelay(() -> watch(stateFile, probes), 0, 100, TimeUnit.MILLISECONDS);
            load.start();
            probes.start();
            while (System.in.read() >= 0) {
                // whoever kills closes our standard input when it is done
            }
            probes.stop();
            say("no more kills; submitting up to %d tasks, %d are acknowledged", TASKS, ledger.acknowledged());
            load.finish(TASKS, SUBMIT_LIMIT);
            TaskVerdict tasks = new TaskVerdict(ports.of("async-broker.http"), ledger);
            boolean tasksAreFine = tasks.await(DRAIN_LIMIT);
            watch.shutdownNow();
            tasks.lines().forEach(line -> say("%s", line));
            boolean answersAreFine = probes.unexcused().isEmpty();
            probes.lines().forEach(line -> say("%s", line));
            say("ledger: %s", directory);
            say(tasksAreFine && answersAreFine ? "every promise held" : "A PROMISE WAS BROKEN, see above");
            System.exit(tasksAreFine && answersAreFine ? 0 : 1);
        }
    }

    private static void watch(Path stateFile, AnswerProbes probes) {
        try {
            read(stateFile).parts().forEach(part -> probes.seen(part.name(), part.pid(), part.status()));
        } catch (IOException | RuntimeException e) {
            // the file is replaced while the platform stops; the next look sees it or the verdict says so
            say("cannot read %s: %s", stateFile, e);
        }
    }

    private static PlatformState read(Path stateFile) throws IOException {
        return JsonMapper.builder()
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .build()
                .readValue(Files.readString(stateFile), PlatformState.class);
    }

    private static void say(String format, Object... values) {
        System.out.println("checker: " + format.formatted(values));
    }
}
