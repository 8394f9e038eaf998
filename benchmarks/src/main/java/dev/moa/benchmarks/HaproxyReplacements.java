package dev.moa.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All instances of a service replaced at once, again and again, under calls through a HAProxy that finds them by DNS:
 * for how long no server of the backend takes connections, for how long none of those that do is alive, and what
 * becomes of the calls, each over a connection of its own.
 */
final class HaproxyReplacements {
    private static final String BACKEND = "users-by-dns";
    private static final String EMPTIED = "backend " + BACKEND + " has no server available!";
    /** All of HAProxy's bits for maintenance and drain; beside them is one for a name that came by DNS. */
    private static final int NOT_READY = 0x3f;

    private static final int INSTANCES = 3;
    private static final int CALLERS = 4;
    private static final long CALL_PAUSE_MS = 10;
    private static final long LOOK_PAUSE_MS = 2;
    private static final long GIVE_UP_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final String registry;
    private final int admin;
    private final int front;
    private final Path log;
    private final List<Double> callsMs = new ArrayList<>();
    private final AtomicLong failed = new AtomicLong();
    private volatile boolean isOver;

    /** What one replacement showed, in milliseconds: with no server up, and with none alive among those that are up. */
    private record Seen(double noneUpMs, double noneAliveMs) {}

    /** @param log what HAProxy said: it says when a backend has no server left, however short */
    HaproxyReplacements(String registry, int admin, int front, Path log) {
        this.registry = registry;
        this.admin = admin;
        this.front = front;
        this.log = log;
    }

    /** @param quiet how long the old ones serve on after they have left the registry */
    void run(Report report, String bench, int replacements, Duration quiet) throws Exception {
        List<NamedInstance> now = begin();
        awaitOnly(now);
        long emptiedBefore = emptied();
        List<Thread> callers = startCallers();
        List<Seen> seen = new ArrayList<>();
        for (int i = 0; i < replacements; i++) {
            // anywhere between two questions that HAProxy asks its resolver
            TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextInt(1_000));
            List<NamedInstance> next = begin();
            for (NamedInstance each : now) {
                each.deregister();
            }
            seen.add(watch(now, next, quiet));
            now = next;
        }
        long emptied = emptied() - emptiedBefore;
        isOver = true;
        for (Thread caller : callers) {
            caller.join();
        }
        for (NamedInstance each : now) {
            each.deregister();
            each.close();
        }
        add(report, bench, quiet, seen, emptied);
    }

    private List<NamedInstance> begin() throws IOException, InterruptedException {
        List<NamedInstance> instances = new ArrayList<>();
        for (int i = 0; i < INSTANCES; i++) {
            NamedInstance instance = new NamedInstance(registry);
            instance.register();
            instances.add(instance);
        }
        return instances;
    }

    /** Looks at the backend until it has only the new ones and the old ones are gone. */
    private Seen watch(List<NamedInstance> left, List<NamedInstance> next, Duration quiet) throws Exception {
        Set<Integer> leaving = ports(left);
        Set<Integer> wanted = ports(next);
        long began = System.nanoTime();
        long last = began;
        long noneUp = 0;
        long noneAlive = 0;
        boolean isServing = true;
        while (true) {
            Set<Integer> up = up();
            long time = System.nanoTime();
            if (up.isEmpty()) {
                noneUp += time - last;
            }
            boolean isServed = up.stream().anyMatch(wanted::contains);
            if (!isServed && !(isServing && up.stream().anyMatch(leaving::contains))) {
                noneAlive += time - last;
            }
            last = time;
            if (isServing && time - began >= quiet.toNanos()) {
                isServing = false;
                for (NamedInstance each : left) {
                    each.close();
                }
            }
            if (!isServing && up.equals(wanted)) {
                return new Seen(noneUp / 1e6, noneAlive / 1e6);
            }
            if (time - began > GIVE_UP_NANOS) {
                throw new IllegalStateException("%s has %s (expected: %s)".formatted(BACKEND, up, wanted));
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_PAUSE_MS);
        }
    }

    private static Set<Integer> ports(List<NamedInstance> instances) {
        return instances.stream().map(NamedInstance::port).collect(Collectors.toSet());
    }

    private void awaitOnly(List<NamedInstance> instances) throws Exception {
        long limit = System.nanoTime() + GIVE_UP_NANOS;
        while (!up().equals(ports(instances))) {
            if (System.nanoTime() > limit) {
                throw new IllegalStateException("%s has %s (expected: %s)".formatted(BACKEND, up(), ports(instances)));
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    /** Returns the ports of the servers that take connections. */
    private Set<Integer> up() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), admin)) {
            socket.setSoTimeout(3_000);
            socket.getOutputStream()
                    .write(("show servers state " + BACKEND + "\n").getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .map(line -> line.split(" "))
                    // backend, address, running, not in maintenance or drain, port
                    .filter(fields -> fields.length > 18 && fields[1].equals(BACKEND) && !fields[4].equals("-"))
                    .filter(fields -> fields[5].equals("2") && (Integer.parseInt(fields[6]) & NOT_READY) == 0)
                    .map(fields -> Integer.valueOf(fields[18]))
                    .collect(Collectors.toSet());
        }
    }

    private long emptied() throws IOException {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> line.contains(EMPTIED)).count();
        }
    }

    private List<Thread> startCallers() {
        isOver = false;
        callsMs.clear();
        failed.set(0);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            Thread thread = new Thread(this::call, "bench-caller-" + i);
            thread.start();
            threads.add(thread);
        }
        return threads;
    }

    private void call() {
        List<Double> took = new ArrayList<>();
        while (!isOver) {
            long began = System.nanoTime();
            if (NamedInstance.reached(front) == 0) {
                failed.incrementAndGet();
            }
            took.add((System.nanoTime() - began) / 1e6);
            try {
                TimeUnit.MILLISECONDS.sleep(CALL_PAUSE_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        synchronized (callsMs) {
            callsMs.addAll(took);
        }
    }

    private void add(Report report, String bench, Duration quiet, List<Seen> seen, long emptied) {
        double[] noneUp = seen.stream().mapToDouble(Seen::noneUpMs).sorted().toArray();
        double[] noneAlive =
                seen.stream().mapToDouble(Seen::noneAliveMs).sorted().toArray();
        double[] calls =
                callsMs.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("replacements", seen.size());
        details.put("emptied", emptied);
        details.put("noneUpP50Ms", CaseResult.at(noneUp, 0.5));
        details.put("noneUpP99Ms", CaseResult.at(noneUp, 0.99));
        details.put("noneUpMaxMs", CaseResult.at(noneUp, 1));
        details.put("noneAliveP50Ms", CaseResult.at(noneAlive, 0.5));
        details.put("noneAliveP99Ms", CaseResult.at(noneAlive, 0.99));
        details.put("noneAliveMaxMs", CaseResult.at(noneAlive, 1));
        details.put("calls", calls.length);
        details.put("failed", failed.get());
        details.put("callP50Ms", CaseResult.at(calls, 0.5));
        details.put("callP99Ms", CaseResult.at(calls, 0.99));
        details.put("callMaxMs", CaseResult.at(calls, 1));
        report.add(CaseResult.lessIsBetter(
                bench,
                "all replaced, by DNS, old ones serve %d ms on: none up, max".formatted(quiet.toMillis()),
                CaseResult.at(noneUp, 1),
                0,
                "the aim",
                "ms",
                details));
    }
}
