package dev.moa.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The commands of the README and the pages beside it, as a newcomer would paste them, at another place of the port range. */
final class Readme {

    /** The ports of docs/operations.md that stand in commands. */
    private static final Pattern PORT = Pattern.compile("\\b(80(?:80|8[1-6])|63(?:8[1-6]|9[0-2]))\\b");

    private static final Pattern BLOCK = Pattern.compile("```(sh|php|python)\n(.*?)```", Pattern.DOTALL);

    private final String text;
    private final int portOffset;

    private Readme(String text, int portOffset) {
        this.text = text;
        this.portOffset = portOffset;
    }

    /** @param page its path in the repository */
    static Readme read(String page, int portOffset) {
        try {
            return new Readme(Files.readString(Path.of("..").resolve(page)), portOffset);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns all commands in their order, ports moved. */
    List<String> commands() {
        return BLOCK.matcher(text)
                .results()
                .filter(block -> block.group(1).equals("sh"))
                .flatMap(block -> List.of(block.group(2).split("\n(?! )")).stream())
                .filter(command -> !command.startsWith("#"))
                .map(this::moved)
                .toList();
    }

    /** Returns the one line or command that contains {@code part}, with its continuation lines, ports moved. */
    String command(String language, String part) {
        List<String> found = BLOCK.matcher(text)
                .results()
                .filter(block -> block.group(1).equals(language))
                .flatMap(block -> !language.equals("sh")
                        ? List.of(block.group(2)).stream()
                        : List.of(block.group(2).split("\n(?! )")).stream())
                .filter(command -> command.contains(part))
                .toList();
        if (found.size() != 1) {
            throw new AssertionError("%d commands contain '%s' (expected: one)".formatted(found.size(), part));
        }
        return moved(found.get(0));
    }

    private String moved(String command) {
        Matcher port = PORT.matcher(command);
        return port.replaceAll(match -> String.valueOf(Integer.parseInt(match.group()) + portOffset));
    }
}
