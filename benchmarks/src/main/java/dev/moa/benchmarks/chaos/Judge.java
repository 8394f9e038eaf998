package dev.moa.benchmarks.chaos;

import dev.moa.protocol.ServiceName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** Asks every face of every router about every service, all the time, and holds each answer against the ledger. */
final class Judge implements AutoCloseable {
    private static final long PAUSE_MS = 12;
    private static final int MOST_TOLD = 10;

    private final Ledger ledger;
    private final List<ServiceName> services;
    private final Supplier<String> now;
    private final Rule rule;
    private final List<Thread> threads = new ArrayList<>();
    private final Map<String, LongAdder> asked = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> silent = new ConcurrentHashMap<>();
    private final LongAdder wrong = new LongAdder();
    private final Queue<String> told = new ConcurrentLinkedQueue<>();
    private volatile boolean running = true;
    private volatile long longestGhostMs;

    /** What must hold beside the ledger. Called by many threads. */
    interface Rule {
        /** Returns what is wrong with an answer; empty if nothing is. */
        default String onAnswer(Face face, long askedNanos, Face.Answer answer) {
            return "";
        }

        /** Returns what is wrong with it that there was no answer; empty if nothing is. */
        default String onSilence(Lab.App router, Face face, long askedNanos, IOException failure) {
            return "";
        }
    }

    /** @param now round and fault of this moment, in words */
    Judge(Lab lab, Ledger ledger, List<ServiceName> services, Supplier<String> now) {
        this(lab, ledger, services, now, new Rule() {});
    }

    Judge(Lab lab, Ledger ledger, List<ServiceName> services, Supplier<String> now, Rule rule) {
        this.rule = rule;
        this.ledger = ledger;
        this.services = services;
        this.now = now;
        for (Lab.App router : lab.routers()) {
            for (Face face : Face.of(router)) {
                asked.put(face.name(), new LongAdder());
                Thread thread = new Thread(() -> run(router, face), "chaos-judge-" + threads.size());
                thread.setDaemon(true);
                threads.add(thread);
            }
        }
    }

    void start() {
        threads.forEach(Thread::start);
    }

    long wrong() {
        return wrong.sum();
    }

    /** What was wrong, the first of it. */
    List<String> told() {
        return List.copyOf(told);
    }

    /** Answers and silences by face, for people. */
    String summary() {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(asked)
                .forEach((face, count) -> text.append(text.isEmpty() ? "" : ", ")
                        .append("%s %,d (%,d without an answer)"
                                .formatted(
                                        face,
                                        count.sum(),
                                        silent.getOrDefault(face, new LongAdder())
                                                .sum())));
        return text.toString();
    }

    /** Answers of all faces. */
    long answers() {
        return count(asked) - count(silent);
    }

    /** The faces whose silence would hide what is wrong. */
    List<String> seldomAnswered() {
        return asked.entrySet().stream()
                .filter(face -> {
                    long questions = face.getValue().sum();
                    long silences =
                            silent.getOrDefault(face.getKey(), new LongAdder()).sum();
                    return (questions - silences) * 10 <= questions;
                })
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    private static long count(Map<String, LongAdder> counts) {
        return counts.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** How long after its death somebody was still named, at the longest. */
    long longestGhostMs() {
        return longestGhostMs;
    }

    private void run(Lab.App router, Face face) {
        int next = 0;
        while (running) {
            ServiceName service = services.get(next++ % services.size());
            long asked = System.nanoTime();
            try {
                ask(router, face, service);
                TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
            } catch (IOException e) {
                silent.computeIfAbsent(face.name(), none -> new LongAdder()).increment();
                blame(router, face, service, rule.onSilence(router, face, asked, e));
                pause();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                if (running) {
                    blame(router, face, service, "cannot be judged: " + e);
                    pause();
                }
            }
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void ask(Lab.App router, Face face, ServiceName service) throws IOException, InterruptedException {
        long askedNanos = System.nanoTime();
        List<Ledger.Life> required = ledger.required(service, router.part().name(), askedNanos);
        asked.computeIfAbsent(face.name(), none -> new LongAdder()).increment();
        Face.Answer answer = face.ask(service);
        blame(router, face, service, rule.onAnswer(face, askedNanos, answer));
        for (Ledger.Life life : required) {
            if (!life.hasEnded() && !answer.ports().contains(life.port())) {
                wrong.increment();
                if (told.size() < MOST_TOLD) {
                    told.add("%s: %s asked by %s for %s: named %s (%s); missing: %s\n    explain: %s"
                            .formatted(
                                    now.get(),
                                    router.part().name(),
                                    face.name(),
                                    service,
                                    answer.ports(),
                                    answer.text(),
                                    life,
                                    Face.get(router, "/v1/explain?service=" + service)));
                }
            }
        }
        for (int port : answer.ports()) {
            Ledger.Life life = ledger.of(port);
            if (life.hasEnded()) {
                longestGhostMs = Math.max(longestGhostMs, (System.nanoTime() - life.endedNanos()) / 1_000_000);
            }
        }
    }

    private void blame(Lab.App router, Face face, ServiceName service, String what) {
        if (!what.isEmpty()) {
            wrong.increment();
            if (told.size() < MOST_TOLD) {
                told.add("%s: %s asked by %s for %s: %s"
                        .formatted(now.get(), router.part().name(), face.name(), service, what));
            }
        }
    }

    @Override
    public void close() {
        running = false;
        threads.forEach(Thread::interrupt);
    }
}
