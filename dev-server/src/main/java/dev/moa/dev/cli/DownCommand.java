package dev.moa.dev.cli;

import dev.moa.dev.PlatformState;
import dev.moa.dev.parts.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** {@code down}: stops the launcher, which stops its parts; and what a killed launcher left behind. */
final class DownCommand {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Path home;
    private final Console console;

    DownCommand(Path home, Console console) {
        this.home = home;
        this.console = console;
    }

    int run(Arguments arguments) throws IOException, InterruptedException {
        Layout layout = RunningPlatform.layout(home, arguments);
        arguments.requireNoMore();
        Optional<PlatformState> state = PlatformState.read(layout);
        if (state.isEmpty()) {
            console.line("moa is not running here: nothing to stop");
            return 0;
        }
        long began = System.nanoTime();
        Optional<ProcessHandle> launcher = state.get().launcher();
        if (launcher.isPresent()) {
            stop(List.of(launcher.get()), LIMIT);
        }
        // read again: a part may have been started again meanwhile
        List<ProcessHandle> left =
                PlatformState.read(layout).orElse(state.get()).running();
        if (!left.isEmpty()) {
            stop(left, Duration.ofSeconds(15));
        }
        Files.deleteIfExists(layout.stateFile());
        console.line("stopped in " + Moa.seconds(System.nanoTime() - began));
        return 0;
    }

    /** SIGTERM to all of them at once, SIGKILL to those that are left after the limit. */
    static void stop(List<ProcessHandle> processes, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        processes.forEach(ProcessHandle::destroy);
        for (ProcessHandle process : processes) {
            while (process.isAlive() && System.nanoTime() - deadline < 0) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
            if (process.isAlive()) {
                process.destroyForcibly();
            }
        }
    }
}
