package dev.moa.registry.probe;

import dev.moa.registry.catalog.Instance;
import dev.moa.registry.catalog.InstanceId;
import dev.moa.registry.catalog.InstanceStatus;
import dev.moa.registry.catalog.Lease;
import dev.moa.registry.catalog.ProbeSpec;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An instance that this registry probes, and what it found so far.
 *
 * <p>States: in, in with failures (retried soon), asking (the live registries vote), out, out with successes. Guarded
 * by itself: one probe of it runs at a time.
 */
final class Watched {
    private static final Duration FLAPPING = Duration.ofMinutes(5);
    private static final Duration LONGEST_HOLD_DOWN = Duration.ofMinutes(1);

    private final ProbeSpec spec;
    /** Whether its failures count although it has never answered. */
    private final boolean asked;

    private Instance instance;
    private boolean answered;
    private boolean probing;
    private int failures;
    private int successes;
    private boolean out;
    private int flaps;
    private long outSinceNanos;
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
        if (probing || asking || nowNanos - dueNanos < 0) {
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

    /** Takes note of a probe; returns what to do. */
    synchronized Step note(Finding finding, ProberProperties settings, Duration pause) {
        probing = false;
        words = finding.words();
        refused = finding.refused();
        if (finding.alive()) {
            answered = true;
            failures = 0;
            successes++;
            dueNanos = System.nanoTime() + pause.toNanos();
            boolean rested =
                    System.nanoTime() - outSinceNanos >= holdDown(settings).toNanos();
            return out && successes >= settings.successes() && rested ? Step.BRING_BACK : Step.GO_ON;
        }
        successes = 0;
        failures++;
        boolean more = failures < settings.failures();
        dueNanos = System.nanoTime() + (more ? settings.retryPause() : pause).toNanos();
        if (out || more || !(answered || asked)) {
            return Step.GO_ON;
        }
        asking = true;
        askingSinceNanos = System.nanoTime();
        return Step.ASK;
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

    synchronized void broughtBack() {
        out = false;
    }

    /** The verdict was no: it stays in, and is probed on. */
    synchronized void spared(String why) {
        asking = false;
        failures = 0;
        words = why;
    }

    synchronized boolean isFailing() {
        return failures > 0 && !refused && (answered || asked);
    }

    synchronized boolean isOut() {
        return out;
    }

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
