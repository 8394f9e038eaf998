package dev.moa.benchmarks.chaos;

import dev.moa.protocol.ServiceName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;

/**
 * {@code ./moa chaos outage --minutes N --instances N}: Redis is killed and stays away, and a router is killed and
 * started again in the middle of that. Every face of both routers is asked all the time; each answer must name all
 * instances and say how old it is. Then Redis starts without any data and all instances register again at once.
 */
public final class Outage implements Judge.Rule {
    private static final Duration CALM = Duration.ofSeconds(5);
    /** Time for a lease to end that was wrongly forgotten. */
    private static final Duration AFTERWARDS = Duration.ofSeconds(Crowd.TTL_SECONDS + 5);

    private static final Duration START_LIMIT = Duration.ofSeconds(120);
    private static final Duration ABSORBED = Duration.ofSeconds(5);
    private static final Duration ABSORBED_WAITED_FOR = Duration.ofSeconds(60);
    /** An age is told in whole milliseconds, and by another clock. */
    private static final long AGE_SLACK_MS = 100;

    private static final long NEVER = Long.MAX_VALUE;

    private final Lab lab;
    private final Crowd crowd;
    private final Ledger ledger;
    private final Duration length;
    private final RegistryRest rest = new RegistryRest();
    private final AtomicLong oldestMs = new AtomicLong();
    private volatile String now = "before the outage";
    private volatile long goneNanos = NEVER;
    private volatile boolean returns;
    private volatile long restartNanos = NEVER;
    private volatile long restartedNanos = NEVER;

    private Outage(Lab lab, Crowd crowd, Ledger ledger, Duration length) {
        this.lab = lab;
        this.crowd = crowd;
        this.ledger = ledger;
        this.length = length;
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, Double> numbers = Options.numbers(
                "outage",
                Arrays.asList(arguments),
                Map.of(
                        "--minutes", new Options.Bounds(10, 0.1, 1_440),
                        "--instances", new Options.Bounds(20_000, Crowd.EACH, 50_000)));
        Duration length = Duration.ofSeconds(Math.round(60 * Objects.requireNonNull(numbers.get("--minutes"))));
        int services = Objects.requireNonNull(numbers.get("--instances")).intValue() / Crowd.EACH;
        RegistryChaos.quieten();
        Path root = Files.createTempDirectory("moa-chaos");
        Ledger ledger = new Ledger();
        boolean isFine;
        System.out.printf(
                "chaos outage: %,d instances of %,d services, Redis away for %d s; %s; logs in %s%n",
                services * Crowd.EACH, services, length.toSeconds(), Lab.Settings.USUAL.words(), root);
        try (Lab lab = new Lab(
                        Path.of(System.getProperty("moa.home", ".")), root, Lab.Settings.USUAL, Broken.NONE, false);
                Crowd crowd = new Crowd(lab.registries(), ledger, services * Crowd.EACH)) {
            lab.startPrimary();
            lab.startApps();
            isFine = new Outage(lab, crowd, ledger, length).run();
        }
        System.exit(isFine ? 0 : 1);
    }

    private boolean run() throws IOException, InterruptedException {
        crowd.renew();
        System.out.printf(
                "registered after %d ms, the same everywhere %d ms later%n",
                crowd.registerAll(), agreement(ABSORBED_WAITED_FOR));
        try (Judge judge = new Judge(lab, ledger, crowd.services(), () -> now, this)) {
            judge.start();
            TimeUnit.MILLISECONDS.sleep(CALM.toMillis());
            goAway();
            long absorbedMs = comeBack();
            now = "after the outage";
            TimeUnit.MILLISECONDS.sleep(AFTERWARDS.toMillis());
            return verdict(judge, absorbedMs, removed());
        }
    }

    private void goAway() throws IOException, InterruptedException {
        lab.primary().part().kill();
        goneNanos = System.nanoTime();
        now = "Redis is away";
        System.out.println("Redis is killed (SIGKILL); what it had is deleted before it starts again");
        TimeUnit.NANOSECONDS.sleep(length.toNanos() / 2);
        Lab.App router = lab.routers().get(0);
        now = "Redis is away, router-0 starts again";
        restartNanos = System.nanoTime();
        router.part().kill();
        router.part().start();
        router.part().awaitHealthy(START_LIMIT);
        awaitFaces(router);
        restartedNanos = System.nanoTime();
        now = "Redis is away, router-0 was started without it";
        System.out.printf(
                "router-0 was killed (SIGKILL) and answers again after %d ms%n",
                (restartedNanos - restartNanos) / 1_000_000);
        TimeUnit.NANOSECONDS.sleep(goneNanos + length.toNanos() - System.nanoTime());
    }

    private void awaitFaces(Lab.App router) throws IOException, InterruptedException {
        long limit = System.nanoTime() + START_LIMIT.toNanos();
        ServiceName service = crowd.services().get(0);
        for (Face face : Face.of(router)) {
            try (face) {
                while (true) {
                    try {
                        face.ask(service);
                        break;
                    } catch (IOException notYet) {
                        if (System.nanoTime() > limit) {
                            throw new IllegalStateException("router-0 does not answer by %s after %d s: %s"
                                    .formatted(face.name(), START_LIMIT.toSeconds(), notYet));
                        }
                        TimeUnit.MILLISECONDS.sleep(20);
                    }
                }
            }
        }
    }

    private long comeBack() throws IOException, InterruptedException {
        returns = true;
        now = "Redis is back, and empty";
        lab.startEmptyPrimary();
        long started = System.nanoTime();
        long registeredMs = crowd.registerAll();
        long absorbedMs = (System.nanoTime() - started) / 1_000_000 + agreement(ABSORBED_WAITED_FOR);
        System.out.printf(
                "Redis answers again: all were registered after %d ms, and the same everywhere after %d ms%n",
                registeredMs, absorbedMs);
        return absorbedMs;
    }

    /**
     * Returns the milliseconds until both routers said the same, with all instances, that the registry said then. It is
     * asked only when they agree: its answer is read from Redis, all of it.
     */
    private long agreement(Duration limit) throws IOException, InterruptedException {
        long started = System.nanoTime();
        List<String> services =
                crowd.services().stream().map(ServiceName::value).toList();
        while (true) {
            List<Map<String, JsonNode>> said =
                    lab.routers().stream().map(each -> digests(each, services)).toList().stream()
                            .map(CompletableFuture::join)
                            .toList();
            long took = (System.nanoTime() - started) / 1_000_000;
            int count = said.get(0).values().stream()
                    .mapToInt(each -> each.path("instances").asInt())
                    .sum();
            boolean isSame = count == crowd.size() && Set.copyOf(said).size() == 1;
            if (isSame && rest.digests(lab.registries().get(0).url(), services).equals(said.get(0))) {
                return took;
            }
            if (took > limit.toMillis()) {
                System.out.printf(
                        "after %d ms router-0 counts %,d of %,d instances, or another or the registry says something else%n",
                        took, count, crowd.size());
                return took;
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private CompletableFuture<Map<String, JsonNode>> digests(Lab.App app, List<String> services) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return rest.digests(app.url(), services);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("stopped", e);
            }
        });
    }

    private int removed() throws IOException, InterruptedException {
        int removed = 0;
        for (ServiceName service : crowd.services()) {
            removed += rest.removals(lab.registries().get(0).url(), service.value());
        }
        return removed;
    }

    @Override
    public String onAnswer(Face face, long askedNanos, Face.Answer answer) {
        long gone = goneNanos;
        if (gone == NEVER || askedNanos < gone || returns || !face.tellsAge()) {
            return "";
        }
        if (answer.ageMs() == Face.Answer.NO_AGE) {
            return "the answer does not say how old it is (%s)".formatted(answer.text());
        }
        oldestMs.accumulateAndGet(answer.ageMs(), Math::max);
        long leastMs = (askedNanos - gone) / 1_000_000;
        return answer.ageMs() >= leastMs - AGE_SLACK_MS
                ? ""
                : "the answer is %d ms old, Redis has been away for %d ms".formatted(answer.ageMs(), leastMs);
    }

    @Override
    public String onSilence(Lab.App router, Face face, long askedNanos, IOException failure) {
        boolean isRestarting =
                router.equals(lab.routers().get(0)) && restartNanos != NEVER && askedNanos < restartedNanos;
        return isRestarting ? "" : "no answer: " + failure;
    }

    private boolean verdict(Judge judge, long absorbedMs, int removed) {
        System.out.printf("%,d answers: %s%n", judge.answers(), judge.summary());
        System.out.printf(
                "wrong answers: %d; the oldest said %,d ms (Sentinel's protocol has no place for an age)%n",
                judge.wrong(), oldestMs.get());
        System.out.printf(
                "absorbed %,d registrations in %d ms (promised: %d); %d were removed%n",
                crowd.size(), absorbedMs, ABSORBED.toMillis(), removed);
        judge.told().forEach(line -> System.out.println("  WRONG " + line));
        boolean isFine = judge.wrong() == 0 && removed == 0 && absorbedMs <= ABSORBED.toMillis();
        System.out.println(isFine ? "every promise held" : "A PROMISE WAS BROKEN");
        return isFine;
    }
}
