package dev.moa.sdk.publish;

import dev.moa.sdk.codec.ServiceInterface;
import dev.moa.sdk.codec.ServiceMethod;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Where the calls of a service run, and how many at once: on threads of their own, or beginning on the event loop, which
 * spares the two wake-ups there and back, once {@link LoopGate} has found the method fast and while the loop has {@link LoopTime}
 * for it. A call is on a virtual thread of its own either way, takes one of the same places, and may block: then it
 * leaves the loop.
 */
final class Dispatch {

    /** What is known of a method's calls. */
    private record Figures(AdaptiveLimit.@Nullable Method took, LoopGate gate) {}

    private final BoundedExecutor workers;
    private final ServiceLimits limits;
    private final String threadName;
    private final @Nullable AdaptiveLimit adaptive;
    private final boolean mayBeginOnLoop;
    private final Map<ServiceMethod, Figures> figures = new HashMap<>();

    Dispatch(ServiceInterface methods, Executor threads, ServiceLimits limits) {
        this.workers = new BoundedExecutor(threads, limits);
        this.limits = limits;
        this.adaptive = limits.adaptiveFrom() == 0
                ? null
                : new AdaptiveLimit(limits.adaptiveFrom(), limits.concurrency() + limits.queue(), System::nanoTime);
        // who brings threads of another kind wants calls to run on them
        this.mayBeginOnLoop = threads instanceof Workers && LoopThreads.areAvailable() && LoopTime.isKnown();
        this.threadName = threads instanceof Workers own ? own.name() : "";
        methods.methods()
                .forEach(method -> figures.put(
                        method, new Figures(adaptive == null ? null : adaptive.newMethod(), new LoopGate())));
    }

    /** Returns the threads, for work that never runs on the loop. */
    BoundedExecutor workers() {
        return workers;
    }

    /** Returns whether another call is taken, by what calls take. */
    boolean admits() {
        return adaptive == null || adaptive.admits(workers.pending() + 1);
    }

    /** Returns how many calls may be there at once now. */
    int limit() {
        return adaptive == null ? limits.concurrency() + limits.queue() : adaptive.limit();
    }

    /** Returns whether calls of the method begin on the event loop for now. */
    boolean isOnLoop(ServiceMethod method) {
        Figures known = figures.get(method);
        return method.isNonBlocking() || (known != null && known.gate.isOnLoop());
    }

    /** Runs the work, which must not throw, or returns false if there is too much already. */
    boolean run(ServiceMethod method, Runnable work) {
        Figures known = figures.get(method);
        if (known == null || (adaptive == null && !mayBeginOnLoop)) {
            return workers.offer(work);
        }
        long takenAt = System.nanoTime();
        if (!mayBeginOnLoop) {
            return workers.offer(() -> {
                work.run();
                ended(known, System.nanoTime() - takenAt);
            });
        }
        if (known.gate.isOnLoop() && beginHere(known, work, takenAt)) {
            return true;
        }
        return workers.offer(() -> {
            long begunAt = System.nanoTime();
            work.run();
            long endedAt = System.nanoTime();
            ended(known, endedAt - takenAt);
            known.gate.endedOnThread(endedAt - begunAt);
        });
    }

    private void ended(Figures known, long tookNanos) {
        if (adaptive != null && known.took != null) {
            adaptive.ended(known.took, tookNanos);
        }
    }

    private boolean beginHere(Figures known, Runnable work, long now) {
        LoopTime time = LoopTime.here();
        if (time == null || !time.allows(now) || !workers.enter()) {
            return false;
        }
        OnLoop call = new OnLoop(known, work, now);
        boolean ended;
        try {
            ended = LoopThreads.begin(threadName, call);
        } catch (RuntimeException | Error e) {
            if (!call.begun) {
                workers.leave();
            }
            throw e;
        }
        long held = System.nanoTime() - now;
        time.taken(held);
        if (held >= LoopGate.HELD_NANOS) {
            known.gate.held(held, time.computedSince(now));
        }
        if (ended) {
            known.gate.endedOnLoop(held);
        } else {
            known.gate.parked();
        }
        return true;
    }

    /** A call that begins on the loop. */
    private final class OnLoop implements Runnable {
        private final Figures known;
        private final Runnable work;
        private final long takenAt;
        private boolean begun;

        OnLoop(Figures known, Runnable work, long takenAt) {
            this.known = known;
            this.work = work;
            this.takenAt = takenAt;
        }

        @Override
        public void run() {
            begun = true;
            try {
                work.run();
                ended(known, System.nanoTime() - takenAt);
            } finally {
                workers.leave();
            }
        }
    }
}
