package dev.moa.gateway.http;

import dev.moa.sdk.lookup.InstanceAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Chooses among the instances of an HTTP service: two at random by weight, then the one with less in flight.
 * An instance that refused a connection rests for a moment, unless all do.
 *
 * <p>Holds an entry only for instances with something in flight or at rest. Safe for many threads.
 */
final class Upstreams {

    static final Duration REST = Duration.ofSeconds(2);
    private static final int MOST_RESTING = 10_000;

    private final LongSupplier nanoTime;
    private final ConcurrentMap<String, Integer> inFlight = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Long> resting = new ConcurrentHashMap<>();

    Upstreams(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Returns an instance that can be called and is not in {@code tried}; null if there is none. */
    @Nullable
    InstanceAddress choose(List<InstanceAddress> instances, Set<String> tried) {
        List<InstanceAddress> usable = new ArrayList<>(instances.size());
        List<InstanceAddress> rested = new ArrayList<>(instances.size());
        for (InstanceAddress instance : instances) {
            if (instance.isCallable() && !tried.contains(instance.id())) {
                usable.add(instance);
                if (!rests(instance)) {
                    rested.add(instance);
                }
            }
        }
        List<InstanceAddress> candidates = rested.isEmpty() ? usable : rested;
        if (candidates.isEmpty()) {
            return null;
        }
        InstanceAddress one = byWeight(candidates);
        InstanceAddress other = byWeight(candidates);
        return load(other) < load(one) ? other : one;
    }

    void begin(InstanceAddress instance) {
        inFlight.merge(instance.id(), 1, Integer::sum);
    }

    void end(InstanceAddress instance) {
        inFlight.computeIfPresent(instance.id(), (id, count) -> count <= 1 ? null : count - 1);
    }

    /** Notes that an instance refused a connection. */
    void refused(InstanceAddress instance) {
        if (resting.size() < MOST_RESTING) {
            resting.put(instance.id(), nanoTime.getAsLong() + REST.toNanos());
        }
    }

    private boolean rests(InstanceAddress instance) {
        Long until = resting.get(instance.id());
        if (until == null) {
            return false;
        }
        if (until - nanoTime.getAsLong() > 0) {
            return true;
        }
        resting.remove(instance.id(), until);
        return false;
    }

    private int load(InstanceAddress instance) {
        return inFlight.getOrDefault(instance.id(), 0);
    }

    private static InstanceAddress byWeight(List<InstanceAddress> candidates) {
        long sum = 0;
        for (InstanceAddress candidate : candidates) {
            sum += candidate.weight();
        }
        long at = ThreadLocalRandom.current().nextLong(sum);
        for (InstanceAddress candidate : candidates) {
            at -= candidate.weight();
            if (at < 0) {
                return candidate;
            }
        }
        return candidates.get(0);
    }
}
