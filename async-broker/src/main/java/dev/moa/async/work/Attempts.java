package dev.moa.async.work;

import dev.moa.async.AsyncMetrics;
import dev.moa.async.deliver.Delivery;
import dev.moa.async.deliver.Outcome;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Lets tasks through the gates of their targets, attempts them, and reports how each attempt ended. At most
 * {@code maxInFlight} attempts run at once; free places go to all targets that wait, in turn. Touched on the
 * engine's thread only, but for what people may see of it.
 */
final class Attempts {
    private static final Duration GATE_KEPT = Duration.ofMinutes(1);

    private record Attempt(LiveTask task, int number, long sinceNanos) {}

    private final EngineThread thread;
    private final Delivery delivery;
    private final WorkerProperties properties;
    private final Clock clock;
    private final AsyncMetrics metrics;
    private final BiConsumer<LiveTask, Outcome> settle;
    private final Map<String, TargetGate> gates = new HashMap<>();
    private final Set<TargetGate> crowded = new LinkedHashSet<>();
    private final ArrayDeque<Attempt> running = new ArrayDeque<>();
    private int inFlight;

    private volatile int shownInFlight;
    private volatile Map<String, Integer> inFlightByTarget = Map.of();
    private volatile Set<String> shutGates = Set.of();

    /** @param settle what follows from an attempt whose task is still ours */
    Attempts(
            EngineThread thread,
            Delivery delivery,
            WorkerProperties properties,
            Clock clock,
            AsyncMetrics metrics,
            BiConsumer<LiveTask, Outcome> settle) {
        this.thread = thread;
        this.delivery = delivery;
        this.properties = properties;
        this.clock = clock;
        this.metrics = metrics;
        this.settle = settle;
    }

    /** Returns the gate of a target, by its name. */
    TargetGate gate(String target) {
        return gates.computeIfAbsent(target, name -> new TargetGate(name, properties));
    }

    /** Attempts the task as soon as its target and this worker have room. */
    void enter(LiveTask live) {
        live.enter(LiveTask.Phase.WAITING);
        live.gate.add(live);
        pump(live.gate);
    }

    private void pump(TargetGate gate) {
        while (inFlight < properties.maxInFlight()) {
            LiveTask next = gate.take(System.nanoTime());
            if (next == null) {
                break;
            }
            begin(next);
        }
        if (gate.hasWaiting()) {
            crowded.add(gate);
        } else {
            crowded.remove(gate);
        }
    }

    /** Shares free places among all targets that wait, one task each in turn. */
    private void pumpAll() {
        boolean progress = true;
        while (progress && inFlight < properties.maxInFlight() && !crowded.isEmpty()) {
            progress = false;
            for (TargetGate gate : List.copyOf(crowded)) {
                if (inFlight >= properties.maxInFlight()) {
                    break;
                }
                LiveTask next = gate.take(System.nanoTime());
                if (next != null) {
                    begin(next);
                    progress = true;
                }
                if (!gate.hasWaiting()) {
                    crowded.remove(gate);
                }
            }
        }
    }

    private void begin(LiveTask live) {
        live.enter(LiveTask.Phase.RUNNING);
        if (live.attempts == 0) {
            metrics.waited(clock.millis() - live.task.notBeforeMs());
        }
        live.attempts++;
        live.home.unfinished++;
        inFlight++;
        long begun = System.nanoTime();
        running.add(new Attempt(live, live.attempts, begun));
        CompletableFuture<Outcome> attempt;
        try {
            attempt = delivery.attempt(live.task, live.attempts);
        } catch (RuntimeException e) {
            attempt = CompletableFuture.failedFuture(e);
        }
        attempt.completeOnTimeout(
                        Outcome.retry("no answer within %d ms".formatted(live.task.timeoutMs()), null, true),
                        live.task.timeoutMs() + 2_000,
                        TimeUnit.MILLISECONDS)
                .whenComplete((outcome, failure) -> thread.execute(() -> ended(
                        live,
                        failure == null ? outcome : Outcome.retry("delivery failed: " + failure, null, false),
                        begun)));
    }

    private void ended(LiveTask live, Outcome outcome, long begun) {
        long now = System.nanoTime();
        metrics.attempted(now - begun);
        inFlight--;
        Duration shut = live.gate.ended(outcome.isTargetSick(), now);
        if (!shut.isZero()) {
            thread.schedule(shut, () -> pump(live.gate));
        }
        if (live.home.mayWrite() && live.phase == LiveTask.Phase.RUNNING) {
            settle.accept(live, outcome);
        }
        live.home.unfinished--;
        pump(live.gate);
        pumpAll();
    }

    /** Names every attempt, once, that runs for longer than {@code runningAfter}. */
    void forEachSlow(long nowNanos, Consumer<LiveTask> action) {
        Attempt oldest;
        while ((oldest = running.peek()) != null
                && nowNanos - oldest.sinceNanos() > properties.runningAfter().toNanos()) {
            running.poll();
            LiveTask live = oldest.task();
            if (live.phase == LiveTask.Phase.RUNNING && live.attempts == oldest.number() && live.home.mayWrite()) {
                action.accept(live);
            }
        }
    }

    /** Fills places that have become free and forgets gates that nobody has used for long. */
    void tick(long nowNanos) {
        pumpAll();
        gates.values().removeIf(gate -> gate.isIdle(nowNanos, GATE_KEPT));
    }

    /** Shows people what runs now. */
    void show() {
        shownInFlight = inFlight;
        Map<String, Integer> byTarget = new HashMap<>();
        Set<String> shut = new LinkedHashSet<>();
        for (TargetGate gate : gates.values()) {
            if (gate.inFlight() > 0) {
                byTarget.put(gate.name(), gate.inFlight());
            }
            if (gate.isOpen()) {
                shut.add(gate.name());
            }
        }
        inFlightByTarget = Map.copyOf(byTarget);
        shutGates = Set.copyOf(shut);
    }

    // ---- for people, on any thread ----

    int inFlight() {
        return shownInFlight;
    }

    Map<String, Integer> inFlightByTarget() {
        return inFlightByTarget;
    }

    /** Returns the targets whose breaker is open. */
    Set<String> shutGates() {
        return shutGates;
    }
}
