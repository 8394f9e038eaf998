package dev.moa.dev.cli;

import dev.moa.dev.PlatformState;
import dev.moa.dev.parts.Layout;
import java.nio.file.Path;
import java.util.Optional;

/** {@code status}: the table. Exit code 0 if all parts are healthy, 1 if not, 3 if the platform is not running. */
final class StatusCommand {
    private final Path home;
    private final Console console;

    StatusCommand(Path home, Console console) {
        this.home = home;
        this.console = console;
    }

    int run(Arguments arguments) {
        Layout layout = RunningPlatform.layout(home, arguments);
        boolean isJson = arguments.flag("--json");
        arguments.requireNoMore();
        Optional<PlatformState> found = RunningPlatform.find(layout);
        if (found.isEmpty()) {
            Optional<PlatformState> before = PlatformState.read(layout);
            int left = before.map(state -> state.running().size()).orElse(0);
            if (left > 0) {
                console.line(
                        "the launcher died and left %d processes running, which nobody watches; ./moa down stops them, ./moa up starts afresh"
                                .formatted(left));
                return 1;
            }
            return RunningPlatform.sayNotRunning(console);
        }
        PlatformState state = found.get();
        if (isJson) {
            console.line(state.toJson());
        } else {
            Table.of(state).forEach(console::line);
            state.parts().stream()
                    .filter(part -> !part.status().equals("HEALTHY"))
                    .forEach(part ->
                            console.line("%s: %s (./moa logs %s)".formatted(part.name(), part.detail(), part.name())));
        }
        boolean isHealthy = state.phase() == PlatformState.Phase.RUNNING
                && state.parts().stream().allMatch(part -> part.status().equals("HEALTHY"));
        return isHealthy ? 0 : 1;
    }
}
