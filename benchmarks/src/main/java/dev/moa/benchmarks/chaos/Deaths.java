package dev.moa.benchmarks.chaos;

import dev.moa.dev.process.Probes;
import dev.moa.protocol.ServiceName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/**
 * {@code ./moa chaos deaths --rounds N --minutes N}: how long after its death a process is still named by any face of
 * any router. A killed one with a connection to a registry, a killed one without, and a stopped one that is probed in
 * three ways. Then a hundredth of all probes gets lost, and nobody may go out of any answer.
 */
public final class Deaths implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    /** A death that nobody has noticed by then is told as this long. */
    private static final Duration LIMIT = Duration.ofSeconds(20);
    /** Who is not named for this long is out. */
    private static final Duration STAYS_OUT = Duration.ofMillis(400);

    private static final long PAUSE_MS = 20;
    private static final double LOST = 0.01;
    private static final int PROBED_EACH = 20;

    private static final ServiceName HELD = ServiceName.of("/service/deaths/held");
    private static final ServiceName LEASED = ServiceName.of("/service/deaths/leased");
    /** How it is probed, by the name of the service. */
    private static final Map<String, String> PROBES = new TreeMap<>(Map.of(
            "/service/deaths/moa", "{\"kind\":\"moa\"}",
            "/service/deaths/resp", "{\"kind\":\"resp\"}",
            "/service/deaths/http", "{\"kind\":\"http\",\"path\":\"/\"}"));

    private final Lab lab;
    private final Path root;
    private final RegistryRest rest = new RegistryRest();
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "chaos-deaths");
        thread.setDaemon(true);
        return thread;
    });
    private final List<Part> victims = new ArrayList<>();
    private final Map<String, List<Long>> times = new TreeMap<>();
    private int next;

    /** A victim and where it answers. */
    private record Living(Part part, int port, int http) {}

    private Deaths(Lab lab, Path root) {
        this.lab = lab;
        this.root = root;
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, Double> numbers = Options.numbers(
                "deaths",
                Arrays.asList(arguments),
                Map.of(
                        "--rounds", new Options.Bounds(10, 1, 10_000),
                        "--minutes", new Options.Bounds(1, 0.1, 1_440)));
        int rounds = Objects.requireNonNull(numbers.get("--rounds")).intValue();
        Duration length = Duration.ofSeconds(Math.round(60 * Objects.requireNonNull(numbers.get("--minutes"))));
        RegistryChaos.quieten();
        Path root = Files.createTempDirectory("moa-chaos");
        System.out.printf(
                "chaos deaths: %d rounds, then %d s with lost probes; %s; logs in %s%n",
                rounds, length.toSeconds(), Lab.Settings.SHORT_LEASES.words(), root);
        boolean isFine;
        try (Lab lab = new Lab(
                        Path.of(System.getProperty("moa.home", ".")),
                        root,
                        Lab.Settings.SHORT_LEASES,
                        Broken.NONE,
                        false);
                Deaths deaths = new Deaths(lab, root)) {
            lab.startPrimary();
            lab.startApps();
            for (int i = 0; i < rounds; i++) {
                deaths.round();
            }
            isFine = deaths.verdict() & deaths.loseProbes(length);
        }
        System.out.println(isFine ? "every promise held" : "A PROMISE WAS BROKEN");
        System.exit(isFine ? 0 : 1);
    }

    private void round() throws IOException, InterruptedException {
        Living held = start(Victim.Registrar.HELD, HELD);
        Living leased = start(Victim.Registrar.REST, LEASED);
        Living probed = start(Victim.Registrar.OTHERS, ServiceName.of("/service/deaths/probed"));
        Map<String, String> registered = new TreeMap<>();
        for (String service : PROBES.keySet()) {
            registered.put(service, register(service, portOf(service, probed)));
        }
        named(HELD, held.port());
        named(LEASED, leased.port());
        for (String service : PROBES.keySet()) {
            named(ServiceName.of(service), portOf(service, probed));
        }
        awaitHeld();

        long killed = System.nanoTime();
        held.part().kill();
        note("SIGKILL, connection held", gone(HELD, held.port(), killed));

        killed = System.nanoTime();
        leased.part().kill();
        note("SIGKILL, lease of 2 s alone", gone(LEASED, leased.port(), killed));

        long stopped = System.nanoTime();
        probed.part().signal("STOP");
        Map<String, CompletableFuture<Long>> going = new TreeMap<>();
        PROBES.keySet()
                .forEach(service -> going.put(
                        service, async(() -> gone(ServiceName.of(service), portOf(service, probed), stopped))));
        for (Map.Entry<String, CompletableFuture<Long>> each : going.entrySet()) {
            note("SIGSTOP, probed by " + kind(each.getKey()), result(each.getValue()));
        }
        probed.part().kill();
        for (String url : registered.values()) {
            rest.ask("DELETE", url, "");
        }
    }

    private static String kind(String service) {
        return service.substring(service.lastIndexOf('/') + 1);
    }

    private static int portOf(String service, Living living) {
        return kind(service).equals("http") ? living.http() : living.port();
    }

    private Living start(Victim.Registrar registrar, ServiceName service) throws IOException, InterruptedException {
        int port = Ports.next();
        int http = Ports.next();
        String name = "victim-" + next++;
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx40m",
                "-Xss256k",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Victim.class.getName(),
                registrar.name(),
                lab.registries().get(next % 2).url(),
                service.value(),
                String.valueOf(port),
                String.valueOf(http));
        Part part = new Part(name, command, root.resolve(name), Map.of(), Probes.redis("127.0.0.1", port));
        victims.add(part);
        part.start();
        part.awaitHealthy(START_LIMIT);
        return new Living(part, port, http);
    }

    /** Registers somebody else, to be probed, without a lease; returns where it can be removed. */
    private String register(String service, int port) throws IOException, InterruptedException {
        String registry = lab.registries().get(0).url();
        JsonNode registered = rest.ask(
                "POST",
                registry + "/v1/instances",
                "{\"service\":\"%s\",\"host\":\"127.0.0.1\",\"port\":%d,\"ttlSeconds\":null,\"probe\":%s}"
                        .formatted(service, port, PROBES.get(service)));
        return "%s/v1/instances/%s?incarnation=%s"
                .formatted(registry, registered.path("id").asString(""), registered.path("incarnation"));
    }

    private void awaitHeld() throws IOException, InterruptedException {
        long limit = System.nanoTime() + START_LIMIT.toNanos();
        while (true) {
            for (Lab.App registry : lab.registries()) {
                JsonNode listed = rest.ask("GET", registry.url() + "/v1/instances?service=" + HELD, "");
                for (JsonNode each : listed.path("instances")) {
                    if (each.path("connected").asBoolean(false)) {
                        return;
                    }
                }
            }
            if (System.nanoTime() > limit) {
                throw new IllegalStateException(
                        "no connection is held after %d s; logs in %s".formatted(START_LIMIT.toSeconds(), root));
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
        }
    }

    private void named(ServiceName service, int port) throws InterruptedException {
        long took = everywhere(service, ports -> ports.contains(port), System.nanoTime());
        if (took >= LIMIT.toMillis()) {
            throw new IllegalStateException("%s: 127.0.0.1:%d is not named everywhere after %d s; logs in %s"
                    .formatted(service, port, LIMIT.toSeconds(), root));
        }
    }

    private long gone(ServiceName service, int port, long diedNanos) throws InterruptedException {
        return everywhere(service, ports -> !ports.contains(port), diedNanos);
    }

    /** Returns the milliseconds since a moment until the last of all faces of all routers says so, and keeps to it. */
    private long everywhere(ServiceName service, Predicate<Set<Integer>> so, long sinceNanos)
            throws InterruptedException {
        List<CompletableFuture<Long>> asking = new ArrayList<>();
        for (Lab.App router : lab.routers()) {
            for (Face face : Face.of(router)) {
                asking.add(async(() -> ask(face, service, so, sinceNanos)));
            }
        }
        long last = 0;
        for (CompletableFuture<Long> each : asking) {
            last = Math.max(last, result(each));
        }
        return last;
    }

    private static long ask(Face face, ServiceName service, Predicate<Set<Integer>> so, long sinceNanos)
            throws IOException, InterruptedException {
        long firstSo = -1;
        try (face) {
            while (true) {
                boolean isSo = isSo(face, service, so);
                long now = System.nanoTime();
                firstSo = !isSo ? -1 : firstSo < 0 ? now - sinceNanos : firstSo;
                boolean isLate = firstSo < 0 && now - sinceNanos > LIMIT.toNanos();
                if (isLate || (firstSo >= 0 && now - sinceNanos - firstSo > STAYS_OUT.toNanos())) {
                    return (isLate ? LIMIT.toNanos() : firstSo) / 1_000_000;
                }
                TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
            }
        }
    }

    private static boolean isSo(Face face, ServiceName service, Predicate<Set<Integer>> so)
            throws InterruptedException {
        try {
            return so.test(face.ask(service).ports());
        } catch (IOException noAnswer) {
            return false;
        }
    }

    private <T> CompletableFuture<T> async(Callable<T> work) {
        CompletableFuture<T> done = new CompletableFuture<>();
        threads.execute(() -> {
            try {
                done.complete(work.call());
            } catch (Exception e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    private static long result(CompletableFuture<Long> asking) throws InterruptedException {
        try {
            return asking.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a router did not answer: " + e.getCause(), e);
        }
    }

    private void note(String what, long ms) {
        times.computeIfAbsent(what, none -> new ArrayList<>()).add(ms);
        System.out.printf("%s: out of every answer after %d ms%n", what, ms);
    }

    private boolean verdict() {
        boolean isFine = true;
        for (Map.Entry<String, List<Long>> each : times.entrySet()) {
            List<Long> all = each.getValue();
            Collections.sort(all);
            long longest = all.get(all.size() - 1);
            long promisedMs = each.getKey().startsWith("SIGSTOP")
                    ? 3_000
                    : each.getKey().endsWith("held") ? 1_000 : Victim.TTL_SECONDS * 1_000L + 1_000;
            boolean isKept = longest <= promisedMs;
            isFine &= isKept;
            System.out.printf(
                    "%s: %d deaths, half within %d ms, all within %d ms (promised: %d)%s%n",
                    each.getKey(), all.size(), all.get(all.size() / 2), longest, promisedMs, isKept ? "" : " BROKEN");
        }
        return isFine;
    }

    private boolean loseProbes(Duration length) throws Exception {
        Living living = start(Victim.Registrar.OTHERS, ServiceName.of("/service/deaths/probed"));
        Ledger ledger = new Ledger();
        List<Link> links = new ArrayList<>();
        List<WakeLoss> losses = new ArrayList<>();
        for (String service : PROBES.keySet()) {
            for (int i = 0; i < PROBED_EACH; i++) {
                Link link = new Link(lab.loops(), () -> portOf(service, living));
                WakeLoss loss = new WakeLoss(LOST, links.size());
                link.loseConnections(loss);
                links.add(link);
                losses.add(loss);
                register(service, link.port());
                Ledger.Life life = new Ledger.Life(ServiceName.of(service), link.port());
                ledger.add(life);
                life.born(System.nanoTime());
            }
        }
        List<ServiceName> services =
                PROBES.keySet().stream().map(ServiceName::of).toList();
        try (Judge judge = new Judge(lab, ledger, services, () -> "with lost probes")) {
            judge.start();
            TimeUnit.MILLISECONDS.sleep(length.toMillis());
            long lost = losses.stream().mapToLong(WakeLoss::lost).sum();
            System.out.printf(
                    "%d instances, %,d of %,d probes lost: %,d answers, %d lacked somebody who lives%n",
                    links.size(), lost, losses.stream().mapToLong(WakeLoss::all).sum(), judge.answers(), judge.wrong());
            judge.told().forEach(line -> System.out.println("  WRONG " + line));
            if (lost == 0) {
                System.out.println("no probe was lost: this shows nothing; again with more --minutes");
            }
            return judge.wrong() == 0 && lost > 0;
        } finally {
            links.forEach(Link::close);
        }
    }

    @Override
    public void close() {
        victims.forEach(Part::close);
        threads.shutdownNow();
    }
}
