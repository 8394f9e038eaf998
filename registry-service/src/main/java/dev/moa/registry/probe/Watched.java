package dev.moa.registry.probe;

import dev.moa.registry.catalog.Instance;
import dev.moa.registry.catalog.InstanceId;
import dev.moa.registry.catalog.InstanceStatus;
import dev.moa.registry.catalog.Lease;
import dev.moa.registry.catalog.ProbeSpec;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * An instance that this registry probes, and what it found so far.
 *
 * <p>States: in, in with failures (retried soon), asking (the live registries vote while it is retried), out, out with
 * successes. Guarded by itself: one probe of it runs at a time.
 *
 * <p>A probe waits four times as long as the slowest of its late answers took, within
 * {@link ProberProperties#shortestTimeout()} and {@link ProberProperties#timeout()}. The last one before a verdict
 * waits for the whole timeout, so that nobody goes out for being slow all of a sudden.
 */
final class Watched {
    private static final Duration FLAPPING = Duration.ofMinutes(5);
    private static final Duration LONGEST_HOLD_DOWN = Duration.ofMinutes(1);
    private static final int PATIENCE = 4;

    private final ProbeSpec spec;
    /** Whether its failures count although it has never answered. */
    private final boolean asked;

    private Instance instance;
    private boolean answered;
    private boolean probing;
    private int failures;
    private int successes;
    /** How long answers take: the slowest of late, fading by a tenth with each. */
    private long usualNanos;

    private boolean out;
    private int flaps;
    private long outSinceNanos;
    private long backSinceNanos;
    private long askingSinceNanos;
    private boolean asking;
    private long dueNanos;
    private String words = "not probed yet";
    private boolean refused;

    Watched(Instance instance, ProbeSpec spec, boolean asked) {
        this.instance = instance;
        this.spec = spec;
        this.asked = asked;
        this.out = isMarkedOut(instance);
        this.dueNanos = System.nanoTime();
        this.outSinceNanos = dueNanos;
        this.backSinceNanos = dueNanos;
    }

    /** Returns how to probe an instance; null where nothing is known. */
    static @Nullable ProbeSpec specOf(Instance instance) {
        if (instance.probe() != null) {
            return instance.probe();
        }
        if (instance.protocols().contains("moa")) {
            return new ProbeSpec(ProbeSpec.Kind.MOA, null);
        }
        return instance.protocols().contains("resp") ? new ProbeSpec(ProbeSpec.Kind.RESP, null) : null;
    }

    /** The id of the override by which a verdict is told. */
    static String verdictId(InstanceId id) {
        return "probe-" + id.value().substring(id.value().indexOf('.') + 1);
    }

    private static boolean isMarkedOut(Instance instance) {
        String verdict = verdictId(InstanceId.parse(instance.id())) + ":";
        return instance.overridden() != null
                && instance.overridden().by().stream().anyMatch(by -> by.startsWith(verdict));
    }

    synchronized void update(Instance now) {
        instance = now;
    }

    synchronized Instance instance() {
        return instance;
    }

    ProbeSpec spec() {
        return spec;
    }

    Lease lease() {
        Instance now = instance();
        return new Lease(InstanceId.parse(now.id()), now.incarnation());
    }

    /** Returns whether to probe now, and takes the turn. */
    synchronized boolean take(long nowNanos) {
        if (probing || nowNanos - dueNanos < 0) {
            return false;
        }
        InstanceStatus said = instance.overridden() == null
                ? instance.status()
                : instance.overridden().status();
        probing = said == InstanceStatus.UP;
        return probing;
    }

    synchronized void giveBack(Duration later) {
        probing = false;
        dueNanos = System.nanoTime() + later.toNanos();
    }

    /**
     * Returns how long its next probe waits for an answer.
     *
     * @param needed failures in a row that make a verdict
     */
    synchronized Duration patience(ProberProperties settings, int needed) {
        Duration learned = Duration.ofNanos(PATIENCE * usualNanos);
        if (!answered || out || failures >= needed - 1 || learned.compareTo(settings.timeout()) > 0) {
            return settings.timeout();
        }
        return learned.compareTo(settings.shortestTimeout()) < 0 ? settings.shortestTimeout() : learned;
    }

    /**
     * Takes note of a probe; returns what to do.
     *
     * @param took how long it waited for what it found
     * @param pause to the next probe, unless it is retried sooner
     */
    synchronized Step note(Finding finding, Duration took, ProberProperties settings, Duration pause) {
        probing = false;
        words = finding.words();
        refused = finding.refused();
        if (finding.alive()) {
            answered = true;
            usualNanos = Math.max(took.toNanos(), usualNanos - usualNanos / 10);
            if (failures > 0) {
                // the answer before may have been late rather than lost
                usualNanos = Math.max(usualNanos, settings.timeout().toNanos() / PATIENCE);
            }
            failures = 0;
            asking = false;
            successes++;
            dueNanos = System.nanoTime() + pause.toNanos();
            boolean rested =
                    System.nanoTime() - outSinceNanos >= holdDown(settings).toNanos();
            return out && successes >= settings.successes() && rested ? Step.BRING_BACK : Step.GO_ON;
        }
        successes = 0;
        failures++;
        dueNanos = System.nanoTime()
                + (failures <= settings.failures() ? jittered(settings.retryPause()) : pause).toNanos();
        if (out || failures < settings.failures() - 1 || !(answered || asked)) {
            return Step.GO_ON;
        }
        if (asking) {
            if (failures <= settings.failures() + 1) {
                // the others have their time from the last failure that was needed here
                askingSinceNanos = System.nanoTime();
            }
            return Step.GO_ON;
        }
        asking = true;
        askingSinceNanos = System.nanoTime();
        return Step.ASK;
    }

    /** Half of it to one and a half, so that those who fell silent together are not retried together. */
    private static Duration jittered(Duration pause) {
        return Duration.ofNanos(
                pause.toNanos() / 2 + ThreadLocalRandom.current().nextLong(pause.toNanos() + 1));
    }

    private Duration holdDown(ProberProperties settings) {
        Duration doubled = settings.holdDown().multipliedBy(1L << Math.min(6, Math.max(0, flaps - 1)));
        return doubled.compareTo(LONGEST_HOLD_DOWN) > 0 ? LONGEST_HOLD_DOWN : doubled;
    }

    synchronized void tookOut() {
        asking = false;
        flaps = System.nanoTime() - outSinceNanos < FLAPPING.toNanos() ? flaps + 1 : 1;
        out = true;
        outSinceNanos = System.nanoTime();
    }

    /**
     * A verdict stands: whoever is in for this registry goes out as by a verdict of its own, with a hold-down.
     *
     * @param askedNanos when Redis was asked for it: whoever has come back since is in
     */
    synchronized void foundOut(long askedNanos) {
        // whoever asks is about to decide
        if (!out && !asking && backSinceNanos - askedNanos < 0) {
            tookOut();
        }
    }

    /** No verdict stands: it is in, and goes out by a new one, unless its listing is still that of one who is out. */
    synchronized void foundNoVerdict() {
        out &= isMarkedOut(instance);
    }

    synchronized void broughtBack() {
        out = false;
        backSinceNanos = System.nanoTime();
    }

    /** Nobody is believed to fail while so many do: it stays in, still failing, and its next failure asks again. */
    synchronized void vetoed(String why) {
        asking = false;
        words = why;
    }

    /** The verdict was no: it stays in, and is probed on. */
    synchronized void spared(String why) {
        asking = false;
        failures = 0;
        words = why;
    }

    /** Returns whether the last {@code needed} probes failed. */
    synchronized boolean hasFailed(int needed) {
        return failures >= needed;
    }

    synchronized boolean isFailing() {
        return failures > 0 && !refused && (answered || asked);
    }

    synchronized boolean isOut() {
        return out;
    }

    /** Returns for how long it has been asking, since the last failure that a verdict needs; null: it does not ask. */
    synchronized @Nullable Duration askingFor() {
        return asking ? Duration.ofNanos(System.nanoTime() - askingSinceNanos) : null;
    }

    synchronized String words() {
        return words;
    }

    /** Returns its state for people. */
    synchronized String state() {
        if (out) {
            return "out";
        }
        if (asking) {
            return "asking";
        }
        return failures > 0 ? "failing" : answered ? "in" : asked ? "new" : "has not answered yet: does not count";
    }

    /** What to do after a probe. */
    enum Step {
        GO_ON,
        /** The live registries are to vote. */
        ASK,
        BRING_BACK
    }
}
