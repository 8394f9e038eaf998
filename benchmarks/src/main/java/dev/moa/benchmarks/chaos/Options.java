package dev.moa.benchmarks.chaos;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was asked for.
 *
 * @param rounds how many at most
 * @param seconds for how long at most
 * @param partition {@code iptables} (where it works) or {@code proxy}
 * @param kinds the faults to choose from
 */
record Options(int rounds, long seed, int seconds, Broken broken, String partition, List<Fault.Kind> kinds) {
    private static final String USAGE =
            "chaos registry [--rounds N] [--seed S] [--seconds N] [--only FAULT,…] [--partition iptables|proxy]"
                    + " [--broken no-guard|believe-flush|pubsub-truth]";

    static Options parse(List<String> words) {
        int rounds = 20;
        long seed = System.currentTimeMillis() % 1_000_000;
        int seconds = 24 * 3_600;
        Broken broken = Broken.NONE;
        String partition = "iptables";
        List<Fault.Kind> kinds = Arrays.asList(Fault.Kind.values());
        try {
            for (int i = 0; i < words.size(); i += 2) {
                String value = words.get(i + 1);
                switch (words.get(i)) {
                    case "--rounds" -> rounds = Integer.parseInt(value);
                    case "--seed" -> seed = Long.parseLong(value);
                    case "--seconds" -> seconds = Integer.parseInt(value);
                    case "--broken" -> broken = Broken.parse(value);
                    case "--partition" -> partition = value;
                    case "--only" -> kinds = kinds(value);
                    default -> throw new IllegalArgumentException("'%s'".formatted(words.get(i)));
                }
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            System.err.printf("%s (usage: %s)%n", e.getMessage(), USAGE);
            System.exit(2);
        }
        return new Options(rounds, seed, seconds, broken, partition, kinds);
    }

    /** A number that may be given: what it is otherwise, and its limits. */
    record Bounds(double usual, double least, double most) {}

    /** Returns the numbers of a command by their names; ends this process where the words are others. */
    static Map<String, Double> numbers(String command, List<String> words, Map<String, Bounds> allowed) {
        Map<String, Double> numbers = new TreeMap<>();
        allowed.forEach((name, bounds) -> numbers.put(name, bounds.usual()));
        for (int i = 0; i < words.size(); i += 2) {
            String name = words.get(i);
            String value = i + 1 < words.size() ? words.get(i + 1) : "";
            Bounds bounds = allowed.get(name);
            double given = value.matches("[0-9]{1,9}(\\.[0-9]{1,9})?") ? Double.parseDouble(value) : -1;
            if (bounds == null) {
                System.err.printf("chaos %s: '%s' (expected: %s)%n", command, name, numbers.keySet());
                System.exit(2);
            } else if (given < bounds.least() || given > bounds.most()) {
                System.err.printf(
                        "chaos %s: %s '%s' (expected: a number from %s to %s)%n",
                        command, name, value, bounds.least(), bounds.most());
                System.exit(2);
            }
            numbers.put(name, given);
        }
        return numbers;
    }

    private static List<Fault.Kind> kinds(String words) {
        List<Fault.Kind> kinds = new ArrayList<>();
        for (String word : words.split(",")) {
            kinds.add(Fault.Kind.valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_')));
        }
        return kinds;
    }
}
