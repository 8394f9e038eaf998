package dev.moa.registry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Every metric of the registry, named in one place. */
public final class RegistryMetrics {
    private final MeterRegistry meters;
    private final Timer told;
    // those of what is done most: to look one up in the registry of meters costs more than to count
    private final Map<String, Counter> registrations = new ConcurrentHashMap<>();
    private final Map<String, Counter> events = new ConcurrentHashMap<>();
    private final Map<Answer, Timer> answers = new ConcurrentHashMap<>();
    private volatile long storeAheadMs;

    private record Answer(String question, String outcome) {}

    public RegistryMetrics(MeterRegistry meters) {
        this.meters = meters;
        this.told = Timer.builder("moa.registry.watch.told")
                .description("From a change, by Redis's time, to its being written to a watch")
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofSeconds(10))
                .register(meters);
    }

    /** A registration; {@code outcome}: registered, unchanged, refused. */
    public void registration(String outcome) {
        registrations
                .computeIfAbsent(outcome, each -> meters.counter("moa.registry.registrations", "outcome", each))
                .increment();
    }

    /** Lease renewals; {@code outcome}: renewed, unknown, stale. */
    public void renewals(String outcome, int count) {
        if (count > 0) {
            meters.counter("moa.registry.renewals", "outcome", outcome).increment(count);
        }
    }

    /** Changes of instances by their reason: changed, graceful, lease-lost, replaced, probe-failed, operator. */
    public void change(String reason, int count) {
        if (count > 0) {
            meters.counter("moa.registry.changes", "reason", reason).increment(count);
        }
    }

    /** How long after a lease's end its loss was noticed. */
    public void expiryLag(long milliseconds) {
        Timer.builder("moa.registry.expiry.lag")
                .register(meters)
                .record(Math.max(0, milliseconds), TimeUnit.MILLISECONDS);
    }

    /** One question to Redis; {@code outcome}: ok, unavailable, error. */
    public void store(String question, String outcome, Duration took) {
        answers.computeIfAbsent(
                        new Answer(question, outcome),
                        each -> Timer.builder("moa.registry.store")
                                .tag("question", each.question())
                                .tag("outcome", each.outcome())
                                .register(meters))
                .record(took);
    }

    /** A break after which leases were given one full lease more; {@code cause}: start, away, restarted. */
    public void resumed(String cause) {
        meters.counter("moa.registry.store.resumed", "cause", cause).increment();
    }

    /** A service whose store went back in time and got a new epoch. */
    public void rebirth() {
        meters.counter("moa.registry.store.rebirths").increment();
    }

    /** A probe after a broken hold; {@code outcome}: accepted, refused, silent. */
    public void probe(String outcome) {
        meters.counter("moa.registry.probes", "outcome", outcome).increment();
    }

    /** A verdict of the prober; {@code verdict}: out, outvoted, vetoed. */
    public void verdict(String verdict) {
        meters.counter("moa.registry.verdicts", "verdict", verdict).increment();
    }

    /** How much further the clock of Redis is than ours. */
    public void storeAhead(long milliseconds) {
        storeAheadMs = milliseconds;
    }

    /** A change of {@code atMs}, by Redis's time, has just been written to a watch. */
    public void told(long atMs) {
        told.record(Math.max(0, System.currentTimeMillis() + storeAheadMs - atMs), TimeUnit.MILLISECONDS);
    }

    /** Something sent to watchers; {@code kind}: changes, snapshot, token. */
    public void sent(String kind) {
        events.computeIfAbsent(kind, each -> meters.counter("moa.registry.watch.events", "kind", each))
                .increment();
    }

    /** A watcher that was cut off because it did not read. */
    public void cut() {
        meters.counter("moa.registry.watch.cuts").increment();
    }

    /** Binds a number that is asked for when it is scraped. */
    public void gauge(String name, String description, Supplier<Number> value) {
        Gauge.builder("moa.registry." + name, value).description(description).register(meters);
    }
}
