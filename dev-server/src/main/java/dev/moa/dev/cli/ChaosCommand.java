package dev.moa.dev.cli;

import dev.moa.dev.PlatformException;
import dev.moa.dev.PlatformState;
import dev.moa.dev.parts.Layout;
import dev.moa.dev.process.ProcessIdentity;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * {@code chaos smoke}: kills each process of the running platform in turn (SIGKILL), waits until it and all others
 * are healthy again, and goes on. Beside it runs a checker, if the benchmarks bring one: a program that puts load on
 * the platform, keeps a ledger of what was acknowledged, and ends with 0 if every promise held. The checker goes on
 * until its standard input is closed, then has {@link #CHECKER_LIMIT} for its verdict.
 */
final class ChaosCommand {
    private static final String CHECKER = "dev.moa.benchmarks.ChaosChecker";
    private static final Duration RECOVERY_LIMIT = Duration.ofSeconds(60);
    private static final Duration CHECKER_LIMIT = Duration.ofMinutes(5);

    private final Path home;
    private final Console console;

    ChaosCommand(Path home, Console console) {
        this.home = home;
        this.console = console;
    }

    int run(Arguments arguments) throws IOException, InterruptedException {
        int offset = arguments.number("--port-offset", 0);
        int calmSeconds = arguments.number("--calm", 3);
        List<String> words = List.copyOf(arguments.rest());
        if (words.isEmpty() || !words.get(0).equals("smoke")) {
            // the others need no running platform: ./moa starts them itself
            throw new UsageException("chaos: needs a plan (expected: smoke, rolling, registry, outage or deaths), as in"
                    + " ./moa chaos smoke [PART…]");
        }
        Layout layout = Layout.of(home, offset);
        PlatformState state = RunningPlatform.find(layout)
                .orElseThrow(() -> new PlatformException("moa is not running; start it: ./moa up --demo -d"));
        List<String> victims = words.size() > 1
                ? words.subList(1, words.size())
                : state.parts().stream().map(PlatformState.Part::name).toList();
        Process checker = startChecker(layout, state);
        List<List<String>> report = new ArrayList<>();
        report.add(List.of("killed", "pid", "back after", "all healthy after"));
        boolean isFine = true;
        for (String victim : victims) {
            TimeUnit.SECONDS.sleep(calmSeconds);
            List<String> row = killAndWait(layout, victim);
            report.add(row);
            isFine &= !row.get(3).startsWith("NOT");
            console.line(
                    "", "killed %s: back after %s, all healthy after %s".formatted(victim, row.get(2), row.get(3)));
        }
        TimeUnit.SECONDS.sleep(calmSeconds);
        Table.align(report).forEach(console::line);
        return isFine & endChecker(checker) ? 0 : 1;
    }

    private List<String> killAndWait(Layout layout, String victim) throws InterruptedException {
        PlatformState.Part before = part(layout, victim);
        ProcessHandle process = ProcessIdentity.find(before.pid(), before.pidStartedAtMs())
                .orElseThrow(() -> new PlatformException("%s is not running; ./moa status".formatted(victim)));
        long began = System.nanoTime();
        process.destroyForcibly();
        String back = "";
        while (System.nanoTime() - began < RECOVERY_LIMIT.toNanos()) {
            TimeUnit.MILLISECONDS.sleep(50);
            Optional<PlatformState> now = RunningPlatform.find(layout);
            if (now.isEmpty()) {
                throw new PlatformException("the launcher is gone; see %s".formatted(layout.log("launcher")));
            }
            PlatformState.Part after = part(layout, victim);
            boolean isBack =
                    after.restarts() > before.restarts() && after.status().equals("HEALTHY");
            if (isBack && back.isEmpty()) {
                back = Moa.seconds(System.nanoTime() - began);
            }
            if (isBack
                    && now.get().parts().stream().allMatch(part -> part.status().equals("HEALTHY"))) {
                return List.of(victim, Long.toString(before.pid()), back, Moa.seconds(System.nanoTime() - began));
            }
        }
        return List.of(
                victim,
                Long.toString(before.pid()),
                back,
                "NOT within %d s (./moa logs %s)".formatted(RECOVERY_LIMIT.toSeconds(), victim));
    }

    private static PlatformState.Part part(Layout layout, String name) {
        return PlatformState.read(layout)
                .flatMap(state -> state.parts().stream()
                        .filter(part -> part.name().equals(name))
                        .findFirst())
                .orElseThrow(() -> new PlatformException("%s: no such part; see ./moa status".formatted(name)));
    }

    private @Nullable Process startChecker(Layout layout, PlatformState state) throws IOException {
        String classPath = System.getProperty("moa.benchmarks.class-path", "");
        boolean hasChecker = List.of(classPath.split(File.pathSeparator)).stream()
                .map(Path::of)
                .anyMatch(entry -> Files.exists(entry.resolve(CHECKER.replace('.', '/') + ".class")));
        if (!hasChecker) {
            console.line("no checker (%s): only the restarts are judged".formatted(CHECKER));
            return null;
        }
        Process checker = new ProcessBuilder(
                        Path.of(state.javaHome(), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        classPath,
                        CHECKER,
                        layout.stateFile().toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(checker::destroy, "moa-shutdown-1"));
        return checker;
    }

    private boolean endChecker(@Nullable Process checker) throws IOException, InterruptedException {
        if (checker == null) {
            return true;
        }
        checker.getOutputStream().close();
        if (!checker.waitFor(CHECKER_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            checker.destroyForcibly();
            console.line("the checker gave no verdict within %d s".formatted(CHECKER_LIMIT.toSeconds()));
            return false;
        }
        return checker.exitValue() == 0;
    }
}
