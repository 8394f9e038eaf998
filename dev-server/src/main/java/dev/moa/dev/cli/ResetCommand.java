package dev.moa.dev.cli;

import dev.moa.dev.PlatformException;
import dev.moa.dev.parts.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** {@code reset}: deletes the data and logs of a stopped copy; the next {@code up} starts empty. */
final class ResetCommand {
    private final Path home;
    private final Console console;

    ResetCommand(Path home, Console console) {
        this.home = home;
        this.console = console;
    }

    int run(Arguments arguments) throws IOException {
        Layout layout = RunningPlatform.layout(home, arguments);
        arguments.requireNoMore();
        if (RunningPlatform.find(layout).isPresent()) {
            throw new PlatformException("moa is running; stop it first: ./moa down");
        }
        for (Path directory : List.of(layout.root().resolve("data"), layout.logs(), layout.run())) {
            if (!Files.exists(directory)) {
                continue;
            }
            try (Stream<Path> all = Files.walk(directory)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            }
            console.line("deleted " + directory);
        }
        return 0;
    }
}
