package dev.moa.router.live;

import dev.moa.protocol.ServiceName;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The services that were announced to have changed and are still to be read, each once however often it was announced.
 * They are read at once, but for those whose store is suspected: such a service is read whole, with all who register
 * again in it one after the other, and its answers lack nobody meanwhile. Bounded; safe for many threads.
 */
final class Refreshes {
    /** What waits; more than this only means one comparison of all. */
    private static final int MAX_WAITING = 100_000;

    /** How long the announcements of a suspected service are gathered. */
    private static final long GATHERED_MS = 100;

    private final ScheduledExecutorService worker;
    private final Predicate<ServiceName> isSuspected;
    private final Consumer<List<ServiceName>> read;
    private final Portion soon = new Portion(0);
    private final Portion later = new Portion(GATHERED_MS);

    /** @param read is run by the worker */
    Refreshes(ScheduledExecutorService worker, Predicate<ServiceName> isSuspected, Consumer<List<ServiceName>> read) {
        this.worker = worker;
        this.isSuspected = isSuspected;
        this.read = read;
    }

    /** Reads the service soon; returns false if too many wait already. */
    boolean add(ServiceName service) {
        return (isSuspected.test(service) ? later : soon).add(service);
    }

    private final class Portion implements Runnable {
        private final long delayMs;
        private final Set<ServiceName> waiting = new LinkedHashSet<>(); // guarded by this
        private boolean queued; // guarded by this

        Portion(long delayMs) {
            this.delayMs = delayMs;
        }

        synchronized boolean add(ServiceName service) {
            if (waiting.size() >= MAX_WAITING) {
                return false;
            }
            waiting.add(service);
            if (!queued) {
                try {
                    worker.schedule(this, delayMs, TimeUnit.MILLISECONDS);
                    queued = true;
                } catch (RejectedExecutionException closed) {
                    waiting.clear();
                }
            }
            return true;
        }

        @Override
        public void run() {
            List<ServiceName> portion;
            synchronized (this) {
                queued = false;
                portion = List.copyOf(waiting);
                waiting.clear();
            }
            read.accept(portion);
        }
    }
}
