package dev.moa.benchmarks.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Which faults come in which round: a seed always gives the same plan, however many rounds are asked for. */
final class Plan {
    private static final int SHORTEST_MS = 300;
    private static final int LONGEST_MS = 4_000;
    /** Of how many rounds one has two faults at once. */
    private static final int DOUBLE_EVERY = 4;

    private final long seed;
    private final List<Fault.Kind> kinds;

    /** @param kinds to choose from */
    Plan(long seed, List<Fault.Kind> kinds) {
        this.seed = seed;
        this.kinds = List.copyOf(kinds);
    }

    /** Returns the faults of a round, counted from 1; every kind comes once before any comes twice. */
    List<Fault> round(int number) {
        SplittableRandom random = new SplittableRandom(seed * 1_000_003 + number);
        List<Fault> faults = new ArrayList<>();
        faults.add(fault(shuffled((number - 1) / kinds.size()).get((number - 1) % kinds.size()), random));
        if (random.nextInt(DOUBLE_EVERY) == 0) {
            Fault.Kind other = kinds.get(random.nextInt(kinds.size()));
            if (other.goesWith(faults.get(0).kind())) {
                faults.add(fault(other, random));
            }
        }
        return faults;
    }

    private List<Fault.Kind> shuffled(int deal) {
        List<Fault.Kind> deck = new ArrayList<>(kinds);
        SplittableRandom random = new SplittableRandom(seed * 31 + deal);
        for (int i = deck.size() - 1; i > 0; i--) {
            java.util.Collections.swap(deck, i, random.nextInt(i + 1));
        }
        return deck;
    }

    private static Fault fault(Fault.Kind kind, SplittableRandom random) {
        return new Fault(kind, random.nextInt(4), Duration.ofMillis(random.nextInt(SHORTEST_MS, LONGEST_MS)));
    }
}
