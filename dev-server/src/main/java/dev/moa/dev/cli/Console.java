package dev.moa.dev.cli;

import java.io.PrintStream;
import java.util.Locale;

/** Where the commands write: aligned names, and colour where a person reads. */
final class Console {
    private final PrintStream out;
    private final boolean hasColour;

    Console(PrintStream out, boolean hasColour) {
        this.out = out;
        this.hasColour = hasColour;
    }

    static Console standard() {
        boolean isTerminal = System.console() != null && System.getenv("NO_COLOR") == null;
        return new Console(System.out, isTerminal && Boolean.getBoolean("moa.colour"));
    }

    synchronized void line(String text) {
        out.println(text);
        out.flush();
    }

    /** One line of one part, its name in front. */
    synchronized void line(String part, String text) {
        line(part.isEmpty() ? text : "%s %s".formatted(prefix(part), text));
    }

    String prefix(String part) {
        String name = String.format(Locale.ROOT, "%-15s|", part);
        return hasColour ? "\u001b[3%dm%s\u001b[0m".formatted(1 + Math.floorMod(part.hashCode(), 6), name) : name;
    }
}
