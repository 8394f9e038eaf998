package dev.moa.benchmarks.chaos;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * {@code ./moa chaos registry --rounds N --seed S}: faults at random around two registries, two routers and their
 * Redis, while a herd of instances comes and goes, and every face of both routers is asked all the time.
 *
 * <p>A wrong answer lacks an instance that has lived for more than 2 s by the ledger and is not drained. No answer at
 * all (a router that was just killed) is counted beside it, and is not wrong. After each round the fault is healed,
 * nobody comes or goes for a moment, and the routers must say the same within 2 s.
 */
public final class RegistryChaos {
    private static final Duration CALM = Duration.ofMillis(800);
    private static final Duration AGREEMENT = Duration.ofSeconds(2);
    private static final Duration AGREEMENT_WAITED_FOR = Duration.ofSeconds(15);

    private final Lab lab;
    private final long seed;
    private final int rounds;
    private final long endNanos;
    private final Ledger ledger = new Ledger();
    private final Map<String, Integer> faults = new TreeMap<>();
    private final List<String> disagreements = new ArrayList<>();
    private final List<Long> agreements = new ArrayList<>();
    private volatile String now = "before the first round";

    private RegistryChaos(Lab lab, long seed, int rounds, Duration limit) {
        this.lab = lab;
        this.seed = seed;
        this.rounds = rounds;
        this.endNanos = System.nanoTime() + limit.toNanos();
    }

    public static void main(String[] arguments) throws Exception {
        quieten();
        Options options = Options.parse(Arrays.asList(arguments));
        Path root = Files.createTempDirectory("moa-chaos");
        System.out.printf(
                "chaos registry: seed %d, %d rounds, build %s; logs in %s%n",
                options.seed(), options.rounds(), options.broken().word(), root);
        boolean isFine;
        try (Lab lab = new Lab(
                Path.of(System.getProperty("moa.home", ".")),
                root,
                Lab.Settings.FIFTH,
                options.broken(),
                options.partition().equals("iptables"))) {
            System.out.printf(
                    "%s; partitions by %s. %s%n",
                    Lab.Settings.FIFTH.words(),
                    lab.firewall().works() ? "iptables on loopback ports" : "a proxy that falls silent",
                    lab.clocks().canStep() ? "" : "Clocks are not stepped: no C compiler (Debian: gcc)");
            lab.start();
            isFine = new RegistryChaos(lab, options.seed(), options.rounds(), Duration.ofSeconds(options.seconds()))
                    .run(options.kinds());
        }
        System.exit(isFine ? 0 : 1);
    }

    static void quieten() {
        // what the many clients say of faults that are meant is of no use
        ((ch.qos.logback.classic.Logger) org.slf4j.LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME))
                .setLevel(ch.qos.logback.classic.Level.OFF);
    }

    private boolean run(List<Fault.Kind> kinds) throws Exception {
        Plan plan = new Plan(seed, kinds);
        int round = 0;
        try (Herd herd = new Herd(lab, ledger, seed)) {
            herd.start();
            Digests digests = new Digests(lab, herd.services());
            try (Judge judge = new Judge(lab, ledger, herd.services(), () -> now)) {
                judge.start();
                while (round < rounds && System.nanoTime() < endNanos && judge.wrong() == 0) {
                    round++;
                    round(round, plan.round(round), herd, digests);
                }
                // whoever fell silent in the last round has had time to be missed
                TimeUnit.MILLISECONDS.sleep(500);
                return verdict(round, judge);
            }
        }
    }

    private void round(int number, List<Fault> planned, Herd herd, Digests digests) throws Exception {
        List<Fault> possible =
                planned.stream().filter(fault -> fault.isPossible(lab)).toList();
        now = "seed %d, round %d, %s".formatted(seed, number, possible);
        long started = System.nanoTime();
        TimeUnit.MILLISECONDS.sleep(CALM.toMillis());
        long lasts = 0;
        for (Fault fault : possible) {
            faults.merge(fault.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '), 1, Integer::sum);
            fault.begin(lab, ledger, herd, seed + number);
            lasts = Math.max(lasts, fault.time().toMillis());
        }
        TimeUnit.MILLISECONDS.sleep(lasts);
        for (Fault fault : possible) {
            fault.end(lab, ledger, herd);
        }
        now = "seed %d, round %d, after %s".formatted(seed, number, possible);
        herd.calm(true);
        Digests.Agreement agreement = digests.await(AGREEMENT_WAITED_FOR);
        herd.calm(false);
        ledger.tidy();
        agreements.add(agreement.millis());
        if (agreement.millis() > AGREEMENT.toMillis()) {
            disagreements.add("%s: the routers said the same after %d ms; %s"
                    .formatted(now, agreement.millis(), agreement.difference()));
        }
        System.out.printf(
                "round %d: %s; routers agree after %d ms (%.1f s)%n",
                number, possible, agreement.millis(), (System.nanoTime() - started) / 1e9);
    }

    private boolean verdict(int round, Judge judge) {
        agreements.sort(Long::compare);
        System.out.printf("%d rounds: %s%n", round, faults);
        System.out.printf("%,d answers: %s%n", judge.answers(), judge.summary());
        System.out.printf(
                "wrong answers: %d; the dead were named for at most %d ms%n", judge.wrong(), judge.longestGhostMs());
        System.out.printf(
                "routers agreed after at most %d ms, half of the time within %d ms; later than %d ms: %d times%n",
                agreements.isEmpty() ? 0 : agreements.get(agreements.size() - 1),
                agreements.isEmpty() ? 0 : agreements.get(agreements.size() / 2),
                AGREEMENT.toMillis(),
                disagreements.size());
        judge.told().forEach(line -> System.out.println("  WRONG " + line));
        disagreements.forEach(line -> System.out.println("  LATE " + line));
        List<String> deaf = judge.seldomAnswered();
        deaf.forEach(face -> System.out.println("  SILENT " + face + " answered less than a tenth of all questions"));
        boolean isFine = judge.wrong() == 0 && disagreements.isEmpty() && deaf.isEmpty();
        System.out.printf(
                "verdict: %d rounds of %d kinds of faults, %,d answers, %d wrong, %d late agreements: %s%n",
                round,
                faults.size(),
                judge.answers(),
                judge.wrong(),
                disagreements.size(),
                isFine ? "every promise held" : "A PROMISE WAS BROKEN; again: --seed " + seed);
        return isFine;
    }
}
