package dev.moa.dev.process;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Starts child processes, asks them how they are, and starts the dead ones again.
 *
 * <p>One thread owns all state ({@code moa-supervisor-1}); exits and health answers arrive there as tasks, so a
 * death that races with a stop or a check has one order and no lock. Health checks may block for a second and run
 * on threads of their own. At most {@code startsAtOnce} children are in their start at a time: JVMs that share few
 * cores start sooner one after the other than all at once.
 */
public final class Supervisor implements AutoCloseable {
    private static final long FIRST_CHECK_MS = 50;
    private static final long STARTING_CHECK_MS = 100;
    private static final long SLOW_STARTING_CHECK_MS = 500;
    private static final long HEALTHY_CHECK_MS = 2_000;
    private static final long SLOW_START_NANOS = Duration.ofSeconds(20).toNanos();
    private static final int CHECKS_UNTIL_UNHEALTHY = 2;
    private static final int DEATHS_UNTIL_HOPELESS = 3;

    private final RestartPolicy policy;
    private final int startsAtOnce;
    private final SupervisorListener listener;
    private final Map<String, Child> children = new LinkedHashMap<>();
    private final Deque<Child> waiting = new ArrayDeque<>();
    private final ScheduledExecutorService owner = Executors.newSingleThreadScheduledExecutor(named("moa-supervisor"));
    private final ScheduledExecutorService checks = Executors.newScheduledThreadPool(3, named("moa-health"));
    private volatile boolean isClosed;
    private volatile boolean isAborted;

    public Supervisor(RestartPolicy policy, int startsAtOnce, SupervisorListener listener) {
        if (startsAtOnce < 1) {
            throw new IllegalArgumentException("startsAtOnce: %d (expected: >= 1)".formatted(startsAtOnce));
        }
        this.policy = policy;
        this.startsAtOnce = startsAtOnce;
        this.listener = listener;
    }

    /** Takes the child in and starts it when its turn comes, in the order of these calls. */
    public void start(ChildSpec spec) {
        run(() -> {
            Child child = new Child(spec);
            synchronized (children) {
                if (children.putIfAbsent(spec.name(), child) != null) {
                    throw new IllegalArgumentException("%s: already started".formatted(spec.name()));
                }
            }
            waiting.add(child);
            startNext();
        });
    }

    /** A snapshot of every child, in the order of their start. */
    public List<ChildState> states() {
        synchronized (children) {
            return children.values().stream().map(Child::state).toList();
        }
    }

    /** The children that died several times without ever being healthy: waiting longer will not help. */
    public List<ChildState> hopeless() {
        synchronized (children) {
            return children.values().stream()
                    .filter(child ->
                            child.deathsBeforeHealthy >= DEATHS_UNTIL_HOPELESS || child.status == ChildStatus.FAILED)
                    .map(Child::state)
                    .toList();
        }
    }

    /** Kills the process of a child the hard way (SIGKILL). It will be started again. */
    public void kill(String name) {
        Process process = child(name).process;
        if (process != null) {
            process.destroyForcibly();
        }
    }

    /**
     * Stops these children, all at the same time: SIGTERM, then SIGKILL after each one's limit. Waits until they
     * are gone.
     */
    public void stop(Collection<String> names) {
        List<CompletableFuture<?>> gone = new ArrayList<>();
        for (String name : names) {
            Child child = child(name);
            CompletableFuture<Void> stopped = new CompletableFuture<>();
            gone.add(stopped);
            run(() -> stop(child, stopped));
        }
        CompletableFuture.allOf(gone.toArray(CompletableFuture[]::new)).join();
    }

    /** Starts a stopped child again. */
    public void startAgain(String name) {
        run(() -> {
            Child child = child(name);
            if (child.isStopping) {
                child.isStopping = false;
                child.deathsInARow = 0;
                child.restarts++;
                child.status = ChildStatus.WAITING;
                child.publish();
                waiting.add(child);
                startNext();
            }
        });
    }

    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        List<String> all;
        synchronized (children) {
            all = List.copyOf(children.keySet());
        }
        stop(all);
        isClosed = true;
        owner.shutdownNow();
        checks.shutdownNow();
    }

    /** Kills all children at once (SIGKILL) and starts none again; {@link #close} must follow. */
    public void abort() {
        isAborted = true;
        run(() -> {
            waiting.clear();
            synchronized (children) {
                for (Child child : children.values()) {
                    child.isStopping = true;
                    Process process = child.process;
                    if (process != null) {
                        process.destroyForcibly();
                    }
                }
            }
        });
    }

    private Child child(String name) {
        synchronized (children) {
            Child child = children.get(name);
            if (child == null) {
                throw new IllegalArgumentException(
                        "%s: no such part (expected: one of %s)".formatted(name, String.join(", ", children.keySet())));
            }
            return child;
        }
    }

    private void startNext() {
        while (!waiting.isEmpty() && startingCount() < startsAtOnce) {
            launch(waiting.removeFirst());
        }
    }

    private long startingCount() {
        synchronized (children) {
            return children.values().stream()
                    .filter(child -> child.status == ChildStatus.STARTING)
                    .count();
        }
    }

    private void launch(Child child) {
        if (child.isStopping || child.process != null || isClosed || isAborted) {
            return;
        }
        try {
            Process process = child.launch();
            child.process = process;
            child.startedAtNanos = System.nanoTime();
            child.readyMs = 0;
            child.failedChecks = 0;
            child.status = ChildStatus.STARTING;
            child.detail = "starting";
            child.publish();
            process.onExit().thenAccept(ended -> run(() -> died(child, ended)));
            listener.changed(child.state(), "starting, pid " + process.pid());
            checkLater(child, process, FIRST_CHECK_MS);
        } catch (UncheckedIOException e) {
            child.status = ChildStatus.FAILED;
            child.detail = String.valueOf(e.getMessage());
            child.publish();
            listener.changed(child.state(), child.detail);
        }
    }

    private void checkLater(Child child, Process process, long delayMs) {
        try {
            checks.schedule(
                    () -> {
                        Health health = process.isAlive() ? child.spec.health().check() : Health.bad("not running");
                        run(() -> checked(child, process, health));
                    },
                    delayMs,
                    TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closed) {
            // the supervisor closed meanwhile: nobody waits for this answer
        }
    }

    private void checked(Child child, Process process, Health health) {
        if (child.process != process || !process.isAlive() || child.isStopping) {
            return;
        }
        long now = System.nanoTime();
        ChildStatus before = child.status;
        child.detail = health.detail();
        if (health.isGood()) {
            child.failedChecks = 0;
            if (before == ChildStatus.STARTING) {
                child.readyMs = TimeUnit.NANOSECONDS.toMillis(now - child.startedAtNanos);
                child.healthySinceNanos = now;
                child.deathsBeforeHealthy = 0;
            }
            child.status = ChildStatus.HEALTHY;
            if (now - child.healthySinceNanos > policy.forgiveAfter().toNanos()) {
                child.deathsInARow = 0;
            }
        } else if (before == ChildStatus.HEALTHY && ++child.failedChecks >= CHECKS_UNTIL_UNHEALTHY) {
            child.status = ChildStatus.UNHEALTHY;
        }
        child.publish();
        if (child.status != before) {
            String seconds = "%.1f s".formatted(child.readyMs / 1000.0);
            listener.changed(
                    child.state(),
                    child.status == ChildStatus.HEALTHY
                            ? (before == ChildStatus.STARTING ? "healthy after " + seconds : "healthy again")
                            : "runs but is not healthy: " + health.detail());
            startNext();
        }
        checkLater(child, process, pauseUntilNextCheck(child, now));
    }

    private static long pauseUntilNextCheck(Child child, long now) {
        if (child.status == ChildStatus.HEALTHY) {
            return HEALTHY_CHECK_MS;
        }
        return now - child.startedAtNanos > SLOW_START_NANOS ? SLOW_STARTING_CHECK_MS : STARTING_CHECK_MS;
    }

    private void died(Child child, Process ended) {
        if (child.process != ended) {
            return;
        }
        child.process = null;
        if (child.isStopping) {
            child.status = ChildStatus.STOPPED;
            child.detail = "stopped";
            child.publish();
            listener.changed(child.state(), "stopped");
            return;
        }
        child.deathsInARow++;
        if (child.status == ChildStatus.STARTING) {
            child.deathsBeforeHealthy++;
        }
        String how = "died (%s)".formatted(exitCode(ended.exitValue()));
        child.detail = how;
        if (policy.givesUpAfter(child.deathsInARow)) {
            child.status = ChildStatus.FAILED;
            child.publish();
            listener.changed(
                    child.state(),
                    "%s %d times in a row; not started again. See %s"
                            .formatted(how, child.deathsInARow, child.spec.log()));
            startNext();
            return;
        }
        Duration pause = policy.pauseAfter(child.deathsInARow);
        child.status = ChildStatus.RESTARTING;
        child.publish();
        listener.changed(
                child.state(),
                pause.isZero()
                        ? how + "; starting it again"
                        : "%s; starting it again in %.1f s".formatted(how, pause.toMillis() / 1000.0));
        startNext();
        owner.schedule(
                () -> {
                    if (!child.isStopping) {
                        child.restarts++;
                        launch(child);
                    }
                },
                pause.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private static String exitCode(int code) {
        return switch (code) {
            case 137 -> "exit code 137: killed";
            case 143 -> "exit code 143: terminated";
            default -> "exit code " + code;
        };
    }

    private void stop(Child child, CompletableFuture<Void> stopped) {
        child.isStopping = true;
        waiting.remove(child);
        Process process = child.process;
        if (process == null) {
            child.status = ChildStatus.STOPPED;
            child.detail = "stopped";
            child.publish();
            stopped.complete(null);
            return;
        }
        process.onExit()
                .thenAccept(ended -> run(() -> {
                    died(child, ended);
                    stopped.complete(null);
                }));
        process.destroy();
        owner.schedule(
                () -> {
                    if (process.isAlive()) {
                        listener.changed(
                                child.state(),
                                "did not stop within %d s; killed"
                                        .formatted(child.spec.stopLimit().toSeconds()));
                        process.destroyForcibly();
                    }
                },
                child.spec.stopLimit().toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private void run(Runnable task) {
        try {
            owner.execute(task);
        } catch (RejectedExecutionException closed) {
            // after close there is nothing left to watch
        }
    }

    private static ThreadFactory named(String prefix) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, prefix + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
