package dev.moa.dev.cli;

import dev.moa.dev.parts.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/** {@code logs [app]}: the last lines of one log or of all, and what comes; {@code --no-follow} ends there. */
final class LogsCommand {
    private final Path home;
    private final Console console;

    LogsCommand(Path home, Console console) {
        this.home = home;
        this.console = console;
    }

    int run(Arguments arguments) throws IOException, InterruptedException {
        Layout layout = RunningPlatform.layout(home, arguments);
        boolean isOnce = arguments.flag("--no-follow");
        int lines = arguments.number("-n", 20);
        Deque<String> names = arguments.rest();
        List<Path> all = List.of();
        if (Files.isDirectory(layout.logs())) {
            try (Stream<Path> files = Files.list(layout.logs())) {
                all = files.filter(file -> file.toString().endsWith(".log"))
                        .sorted()
                        .toList();
            }
        }
        if (all.isEmpty()) {
            throw new UsageException("logs: none in %s yet; start the platform: ./moa up".formatted(layout.logs()));
        }
        List<Path> wanted = names.isEmpty()
                ? all
                : all.stream().filter(log -> names.contains(name(log))).toList();
        if (wanted.isEmpty()) {
            throw new UsageException("logs: %s (expected: one of %s)"
                    .formatted(names.peek(), all.stream().map(LogsCommand::name).toList()));
        }
        LogFollower follower = new LogFollower(console, wanted, lines);
        if (isOnce) {
            follower.readOnce();
            return 0;
        }
        follower.follow();
        return 0;
    }

    private static String name(Path log) {
        return String.valueOf(log.getFileName()).replaceFirst("\\.log$", "");
    }
}
