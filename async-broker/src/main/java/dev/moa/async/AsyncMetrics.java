package dev.moa.async;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.function.Supplier;

/** Every metric of this application, by name. */
public final class AsyncMetrics {
    private final MeterRegistry registry;
    private final Counter accepted;
    private final Counter refused;
    private final Counter duplicates;
    private final Counter retries;
    private final Counter parked;
    private final Counter fenced;
    private final Timer acceptTime;
    private final Timer attemptTime;
    private final Timer waitTime;

    public AsyncMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.accepted = Counter.builder("moa.async.accept.accepted")
                .description("tasks that Kafka confirmed")
                .register(registry);
        this.refused = Counter.builder("moa.async.accept.refused")
                .description("submissions that were refused or not confirmed in time")
                .register(registry);
        this.duplicates = Counter.builder("moa.async.accept.duplicates")
                .description("submissions whose dedupe key was known")
                .register(registry);
        this.retries = Counter.builder("moa.async.worker.retries")
                .description("attempts that failed and are tried again")
                .register(registry);
        this.parked = Counter.builder("moa.async.worker.parked")
                .description("tasks copied to the topic of states because something before them took long")
                .register(registry);
        this.fenced = Counter.builder("moa.async.worker.fenced")
                .description("statuses of a worker that no longer owned the partition, set right")
                .register(registry);
        this.acceptTime = Timer.builder("moa.async.accept.time")
                .description("from submission to Kafka's confirmation")
                .register(registry);
        this.attemptTime = Timer.builder("moa.async.worker.attempt.time")
                .description("time of one attempt")
                .register(registry);
        this.waitTime = Timer.builder("moa.async.worker.wait.time")
                .description("from when a task was due to its first attempt")
                .register(registry);
    }

    public void accepted(Duration time) {
        accepted.increment();
        acceptTime.record(time);
    }

    public void refused() {
        refused.increment();
    }

    public void duplicate() {
        duplicates.increment();
    }

    public void waited(long ms) {
        waitTime.record(Duration.ofMillis(Math.max(0, ms)));
    }

    public void attempted(long nanos) {
        attemptTime.record(Duration.ofNanos(nanos));
    }

    public void retried() {
        retries.increment();
    }

    public void parked() {
        parked.increment();
    }

    public void fenced() {
        fenced.increment();
    }

    /** Counts a task that ended, by its terminal state. */
    public void ended(String state) {
        registry.counter("moa.async.worker.ended", "state", state).increment();
    }

    public void gauge(String name, String description, Supplier<Number> value) {
        Gauge.builder(name, value).description(description).register(registry);
    }
}
