package dev.moa.registry.probe;

import dev.moa.registry.Refusal;
import dev.moa.registry.RegistryMetrics;
import dev.moa.registry.catalog.ChangeReason;
import dev.moa.registry.catalog.Instance;
import dev.moa.registry.catalog.Lease;
import dev.moa.registry.catalog.RedisCatalog;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Which instances have a connection to this registry now. A process calls {@code hold} with its leases and calls again
 * when it is answered; when the connection breaks instead, or the next call does not come, the instance is looked at
 * at once, and again after moments, for a dying process closes its connections before its port. Refused by its host
 * is proof of death and removes it; anything else leaves it to its lease. Another hold of the same lease ends the
 * looking.
 *
 * <p>A probe that is one too many is dropped: the lease decides then, as without holds.
 */
public final class Holds implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(Holds.class);

    // that may wait for each lease that may be held: one that is held and let go in a loop takes no more
    private static final int LOOKS_FOR_EACH = 4;

    private final RedisCatalog catalog;
    private final Probe probe;
    private final HoldProperties properties;
    private final RegistryMetrics metrics;
    private final ScheduledThreadPoolExecutor timer;
    private final ProbeThreads probers;

    private final Map<Lease, Integer> held = new HashMap<>(); // guarded by this
    private final Set<Hold> open = new HashSet<>(); // guarded by this
    private boolean running = true; // guarded by this

    Holds(
            RedisCatalog catalog,
            Probe probe,
            HoldProperties properties,
            RegistryMetrics metrics,
            ScheduledThreadPoolExecutor timer,
            ProbeThreads probers) {
        this.catalog = catalog;
        this.probe = probe;
        this.properties = properties;
        this.metrics = metrics;
        this.timer = timer;
        this.probers = probers;
    }

    /** How a hold call ended. */
    public enum End {
        /** It was answered; the next one is on its way. */
        ANSWERED,
        /** Its connection broke, or the caller gave up. */
        BROKEN
    }

    /** A hold call that is open. */
    public final class Hold {
        private final List<Lease> leases;
        private final Runnable release;

        private Hold(List<Lease> leases, Runnable release) {
            this.leases = leases;
            this.release = release;
        }

        /** The call ended; returns false if it had before. */
        public boolean end(End how) {
            return Holds.this.end(this, how);
        }
    }

    /**
     * A hold call came in.
     *
     * @param release answers the call early: this registry is stopping
     */
    public synchronized Hold begin(List<Lease> leases, Runnable release) {
        if (!running) {
            throw Refusal.stopping();
        }
        if (held.size() + leases.size() > properties.maxHolds()) {
            throw Refusal.exhausted(
                    "holds",
                    held.size() + leases.size(),
                    properties.maxHolds() + " (moa.registry.hold.max-holds)",
                    "nothing: the lease alone keeps the instance; or hold at another registry");
        }
        leases.forEach(lease -> held.merge(lease, 1, Integer::sum));
        Hold hold = new Hold(List.copyOf(leases), release);
        open.add(hold);
        return hold;
    }

    private boolean end(Hold hold, End how) {
        synchronized (this) {
            if (!open.remove(hold)) {
                return false;
            }
            hold.leases.forEach(lease -> held.computeIfPresent(lease, (same, count) -> count == 1 ? null : count - 1));
            if (!running) {
                return true; // our own end breaks every connection and proves nothing
            }
        }
        Duration after = how == End.BROKEN ? Duration.ZERO : properties.grace();
        for (Lease lease : hold.leases) {
            look(lease, new ArrayDeque<>(properties.looks()), after);
        }
        return true;
    }

    /** Returns the leases that are held now. */
    synchronized List<Lease> leases() {
        return List.copyOf(held.keySet());
    }

    /** Returns whether the process of a lease holds a connection to this registry. */
    public synchronized boolean isConnected(Lease lease) {
        return held.containsKey(lease);
    }

    /** Returns how many leases are held now. */
    synchronized int size() {
        return held.size();
    }

    private void look(Lease lease, Queue<Duration> looks, Duration after) {
        Duration next = looks.poll();
        if (next == null || isHeld(lease)) {
            return;
        }
        if (timer.getQueue().size() >= LOOKS_FOR_EACH * (long) properties.maxHolds()) {
            log.debug("{} is left to its lease: too many probes wait", lease.id());
            return;
        }
        try {
            timer.schedule(() -> probe(lease, looks), after.plus(next).toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopping) {
            log.debug("{} is left to its lease: this registry is stopping", lease.id());
        }
    }

    private void probe(Lease lease, Queue<Duration> looks) {
        try {
            probers.execute(() -> {
                if (!isHeld(lease) && isLeftAlone(lease)) {
                    look(lease, looks, Duration.ZERO);
                }
            });
        } catch (RejectedExecutionException tooMany) {
            log.debug("{} is left to its lease: too many probes wait", lease.id());
        }
    }

    private synchronized boolean isHeld(Lease lease) {
        return held.containsKey(lease) || !running;
    }

    /** Probes once; returns whether to go on looking. */
    private boolean isLeftAlone(Lease lease) {
        try {
            Instance instance = catalog.find(lease.id());
            if (instance == null || instance.incarnation() != lease.incarnation()) {
                return false;
            }
            Probe.Outcome outcome = probe.look(instance.host(), instance.port(), properties.timeout());
            metrics.probe(outcome.name().toLowerCase(java.util.Locale.ROOT));
            if (outcome != Probe.Outcome.REFUSED || isHeld(lease)) {
                return true;
            }
            catalog.remove(lease.id(), lease.incarnation(), ChangeReason.PROBE_FAILED);
            return false;
        } catch (Refusal awayOrGone) {
            log.debug("{} is left to its lease: {}", lease.id(), awayOrGone.getMessage());
            return false;
        }
    }

    @Override
    public synchronized void start() {
        running = true;
    }

    /** Answers all calls, so that the port has nothing to wait for. */
    @Override
    public void stop() {
        List<Hold> last;
        synchronized (this) {
            running = false;
            last = List.copyOf(open);
        }
        for (Hold hold : last) {
            if (hold.end(End.ANSWERED)) {
                hold.release.run();
            }
        }
        timer.shutdownNow();
    }

    @Override
    public synchronized boolean isRunning() {
        return running;
    }
}
