package dev.moa.dev.cli;

import dev.moa.dev.PlatformException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The Java half of {@code ./moa}. Exit codes: 0 done; 1 it failed, the message says why; 2 wrong command line; 3 the
 * platform is not running.
 */
public final class Moa {
    private Moa() {}

    public static void main(String[] arguments) throws Exception {
        int exitCode;
        try {
            exitCode = run(Arrays.asList(arguments));
        } catch (UsageException e) {
            System.err.println("moa " + e.getMessage());
            exitCode = 2;
        } catch (PlatformException | IllegalArgumentException | IllegalStateException | UncheckedIOException e) {
            System.err.println("moa: " + e.getMessage());
            exitCode = 1;
        }
        System.exit(exitCode);
    }

    private static int run(List<String> words) throws Exception {
        if (words.isEmpty()) {
            throw new UsageException("needs a command; see ./moa help");
        }
        Path home =
                Path.of(System.getProperty("moa.home", ".")).toAbsolutePath().normalize();
        Console console = Console.standard();
        Arguments arguments = new Arguments(words.get(0), words.subList(1, words.size()));
        return switch (words.get(0)) {
            case "up" -> new UpCommand(home, console).run(arguments);
            case "supervise" -> new UpCommand(home, console).supervise(arguments);
            case "down" -> new DownCommand(home, console).run(arguments);
            case "status" -> new StatusCommand(home, console).run(arguments);
            case "logs" -> new LogsCommand(home, console).run(arguments);
            case "call" -> new CallCommand(home, console).run(arguments);
            case "lookup" -> new LookupCommand(home, console).run(arguments);
            case "stub" -> new StubCommand(home, console).run(arguments);
            case "reset" -> new ResetCommand(home, console).run(arguments);
            case "doctor" -> new DoctorCommand(home, console).run(arguments);
            case "chaos" -> new ChaosCommand(home, console).run(arguments);
            default -> throw new UsageException("%s: unknown command; see ./moa help".formatted(words.get(0)));
        };
    }

    /** Seconds with one decimal. */
    static String seconds(long nanos) {
        return "%.1f s".formatted(TimeUnit.NANOSECONDS.toMillis(nanos) / 1000.0);
    }
}
