package dev.moa.dev.cli;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The words after a command: flags and options are taken out one by one; what is left over is positional. */
final class Arguments {
    private final String command;
    private final List<String> words;

    Arguments(String command, List<String> words) {
        this.command = command;
        this.words = new ArrayList<>(words);
    }

    boolean flag(String... names) {
        boolean found = false;
        for (String name : names) {
            found |= words.remove(name);
        }
        return found;
    }

    @Nullable
    String option(String name) {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.startsWith(name + "=")) {
                words.remove(i);
                return word.substring(name.length() + 1);
            }
            if (word.equals(name)) {
                if (i + 1 >= words.size()) {
                    throw new UsageException("%s: a value is missing after %s".formatted(command, name));
                }
                words.remove(i);
                return words.remove(i);
            }
        }
        return null;
    }

    int number(String name, int whenAbsent) {
        String value = option(name);
        if (value == null) {
            return whenAbsent;
        }
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new UsageException("%s: %s (expected: a number)".formatted(name, value));
        }
    }

    Deque<String> rest() {
        for (String word : words) {
            if (word.startsWith("--") || word.matches("-[a-z]")) {
                throw new UsageException("%s: unknown option %s; see ./moa help".formatted(command, word));
            }
        }
        return new ArrayDeque<>(words);
    }

    /** The rest without a look at leading dashes: JSON numbers may be negative. */
    Deque<String> everything() {
        return new ArrayDeque<>(words);
    }

    void requireNoMore() {
        Deque<String> rest = rest();
        if (!rest.isEmpty()) {
            throw new UsageException("%s: unexpected %s; see ./moa help".formatted(command, rest.peek()));
        }
    }
}
