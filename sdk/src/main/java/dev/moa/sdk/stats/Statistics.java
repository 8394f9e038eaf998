package dev.moa.sdk.stats;

import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The calls of this process, method by method. One for a process; give it to its {@code MoaClient} and
 * {@code MoaServer}, and to a {@link StatisticsReporter}.
 *
 * <p>Safe for many threads. It knows at most {@value #MAX_METHODS} methods; what comes later is counted together
 * under {@link #OTHER}, so a peer that makes up names cannot fill the memory.
 */
public final class Statistics {

    /** The name under which the methods past the limit are counted, as service and as method. */
    public static final String OTHER = "(other)";

    /** The most methods that are counted by name, both sides together. */
    public static final int MAX_METHODS = 2_000;

    private record Key(ServiceName service, String method, CallSide side) {}

    private final int maxMethods;
    private final ConcurrentMap<Key, MethodStatistics> methods = new ConcurrentHashMap<>();
    private final List<Consumer<MethodStatistics>> watchers = new CopyOnWriteArrayList<>();
    private final Set<String> served = ConcurrentHashMap.newKeySet();
    private final AtomicInteger known = new AtomicInteger();
    private final AtomicLong refused = new AtomicLong();
    private final MethodStatistics otherClient = new MethodStatistics(OTHER, OTHER, CallSide.CLIENT);
    private final MethodStatistics otherServer = new MethodStatistics(OTHER, OTHER, CallSide.SERVER);

    private Statistics(int maxMethods) {
        this.maxMethods = maxMethods;
    }

    /** Returns statistics that have counted nothing. */
    public static Statistics create() {
        return new Statistics(MAX_METHODS);
    }

    /** Returns statistics that count at most {@code maxMethods} methods by name: 1 to {@value #MAX_METHODS}. */
    public static Statistics create(int maxMethods) {
        if (maxMethods < 1 || maxMethods > MAX_METHODS) {
            throw new IllegalArgumentException("maxMethods: %d (expected: 1 to %d)".formatted(maxMethods, MAX_METHODS));
        }
        return new Statistics(maxMethods);
    }

    /** Returns where the calls of a method are counted. Ask once per method and keep the answer. */
    public MethodStatistics method(ServiceName service, String method, CallSide side) {
        Key key = new Key(service, method, side);
        MethodStatistics found = methods.get(key);
        if (found != null) {
            return found;
        }
        if (known.get() >= maxMethods) {
            refused.incrementAndGet();
            return side == CallSide.CLIENT ? otherClient : otherServer;
        }
        MethodStatistics fresh = new MethodStatistics(service.value(), method, side);
        MethodStatistics before = methods.putIfAbsent(key, fresh);
        if (before != null) {
            return before;
        }
        known.incrementAndGet();
        watchers.forEach(watcher -> watcher.accept(fresh));
        return fresh;
    }

    /**
     * Tells of each method that has a name, once or, for those that come while this is called, twice: those known
     * at once, later ones on the thread of their first call, which must not be blocked.
     */
    public void watch(Consumer<MethodStatistics> watcher) {
        watchers.add(watcher);
        methods.values().forEach(watcher);
    }

    /** Counts one call. Looks the method up; callers on a hot path keep what {@link #method} returns. */
    public void record(
            ServiceName service,
            String method,
            CallSide side,
            StatusCode code,
            long nanos,
            long bytesIn,
            long bytesOut) {
        method(service, method, side).record(code, nanos, bytesIn, bytesOut);
    }

    /** Returns everything that has a name so far, in no order; a live view that cannot be changed. */
    public Collection<MethodStatistics> methods() {
        return Collections.unmodifiableCollection(methods.values());
    }

    /** Returns how many calls have begun and not ended on one side, over all methods. */
    public long inFlight(CallSide side) {
        long all = (side == CallSide.CLIENT ? otherClient : otherServer).inFlight();
        for (MethodStatistics method : methods.values()) {
            if (method.side() == side) {
                all += method.inFlight();
            }
        }
        return all;
    }

    /** Returns how often a method was asked for that is past the limit. */
    public long refusedMethods() {
        return refused.get();
    }

    /** Notes that this process serves a service, so that it counts as reporting also while nobody calls it. */
    public void serves(ServiceName service) {
        if (served.size() < StatisticsReport.MAX_SERVICES) {
            served.add(service.value());
        }
    }

    /** Returns the services that this process serves: those it said, and those that were called. */
    public List<String> services() {
        return Stream.concat(
                        served.stream(),
                        methods.values().stream()
                                .filter(method -> method.side() == CallSide.SERVER)
                                .map(MethodStatistics::service))
                .distinct()
                .sorted()
                .limit(StatisticsReport.MAX_SERVICES)
                .toList();
    }

    /** Takes out what was counted since the last time. */
    List<StatisticsReport.MethodDelta> drain() {
        List<StatisticsReport.MethodDelta> deltas = new ArrayList<>();
        for (MethodStatistics method : methods.values()) {
            addTo(deltas, method);
        }
        addTo(deltas, otherClient);
        addTo(deltas, otherServer);
        return deltas;
    }

    private static void addTo(List<StatisticsReport.MethodDelta> deltas, MethodStatistics method) {
        StatisticsReport.MethodDelta delta = method.drain();
        if (delta != null) {
            deltas.add(delta);
        }
    }
}
