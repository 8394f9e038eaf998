package dev.moa.dev.cli;

import dev.moa.dev.PlatformState;
import dev.moa.dev.parts.Layout;
import java.nio.file.Path;
import java.util.Optional;

/** Finds the copy of the platform that a command is about. */
final class RunningPlatform {
    private RunningPlatform() {}

    static Layout layout(Path home, Arguments arguments) {
        return Layout.of(home, arguments.number("--port-offset", 0));
    }

    /** Its state, if its launcher still runs. */
    static Optional<PlatformState> find(Layout layout) {
        return PlatformState.read(layout).filter(state -> state.launcher().isPresent());
    }

    static int port(Layout layout, String name, int usual) {
        return find(layout)
                .map(state -> state.ports().getOrDefault(name, usual))
                .orElse(usual);
    }

    static int sayNotRunning(Console console) {
        console.line("moa is not running here; start it: ./moa up");
        return 3;
    }
}
