package dev.moa.monitor.query;

import dev.moa.monitor.live.LiveWindow;
import dev.moa.monitor.minute.MethodKey;
import dev.moa.monitor.minute.ProcessMinute;
import dev.moa.monitor.minute.Tally;
import dev.moa.monitor.registered.RegistryCount;
import dev.moa.monitor.store.MinuteStore;
import dev.moa.monitor.store.StoredSeries;
import dev.moa.sdk.stats.CallSide;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Answers what was counted. Safe for many threads; an answer is bounded whatever is asked. */
public final class StatsQuery {
    private static final long MINUTE_MS = 60_000;
    private static final long MAX_RANGE_MS = Duration.ofDays(31).toMillis();
    private static final int MAX_POINTS = 1_500;
    private static final int MAX_SERIES = 200;
    private static final int MAX_LIVE_METHODS = 1_000;
    private static final int MAX_PRESENCE_MINUTES = 10;

    private final MinuteStore store;
    private final LiveWindow live;
    private final RegistryCount registry;
    private final Clock clock;

    public StatsQuery(MinuteStore store, LiveWindow live, RegistryCount registry, Clock clock) {
        this.store = store;
        this.live = live;
        this.registry = registry;
        this.clock = clock;
    }

    /**
     * Returns the minutes of a service's methods.
     *
     * @param service null for all services, of which the {@value #MAX_SERIES} methods with the most calls are shown
     * @param method null for all methods
     * @param from milliseconds since 1970, null for an hour before {@code to}
     * @param to milliseconds since 1970, null for now
     * @throws IllegalArgumentException if the range is empty or too long
     */
    public StatsAnswer stats(
            @Nullable String service, @Nullable String method, @Nullable Long from, @Nullable Long to) {
        long now = clock.millis();
        long end = to == null ? now : Math.min(to, now);
        long begin = from == null ? end - Duration.ofHours(1).toMillis() : from;
        if (begin < 0 || begin > end) {
            throw new IllegalArgumentException(
                    "from: %d (expected: 0 to %d, the end of the range, in milliseconds since 1970)"
                            .formatted(begin, end));
        }
        if (end - begin > MAX_RANGE_MS) {
            throw new IllegalArgumentException(
                    "from: %d is %d days before the end (expected: at most %d; ask for a shorter range)"
                            .formatted(
                                    begin,
                                    Duration.ofMillis(end - begin).toDays(),
                                    Duration.ofMillis(MAX_RANGE_MS).toDays()));
        }
        int first = (int) (begin / MINUTE_MS);
        int last = (int) (end / MINUTE_MS);
        int step = (last - first) / MAX_POINTS + 1;
        Predicate<MethodKey> which = key -> (service == null || key.service().equals(service))
                && (method == null || key.method().equals(method));
        boolean truncated = false;
        if (service == null) {
            Set<MethodKey> busiest = busiest(which, first, last);
            truncated = busiest.size() > MAX_SERIES;
            Set<MethodKey> shown = new HashSet<>(List.copyOf(busiest).subList(0, Math.min(MAX_SERIES, busiest.size())));
            which = shown::contains;
        }
        List<StatsAnswer.Series> series = new ArrayList<>();
        for (StoredSeries stored : store.series(which, first, last)) {
            if (series.size() >= MAX_SERIES) {
                truncated = true;
                break;
            }
            series.add(inSteps(stored, first, step, begin, end));
        }
        return new StatsAnswer(
                begin,
                end,
                step * MINUTE_MS,
                instances(store.processes(Math.max(first, last - MAX_PRESENCE_MINUTES), last), service),
                registry.registered(service),
                truncated,
                series);
    }

    /** The methods with the most calls first: of the whole range if it is recent, else of its last minutes. */
    private Set<MethodKey> busiest(Predicate<MethodKey> which, int first, int last) {
        Map<MethodKey, Tally> recent = store.byMinute(Math.max(first, last - MinuteStore.RECENT_MINUTES), last);
        List<MethodKey> keys = new ArrayList<>(store.methods());
        keys.removeIf(which.negate());
        keys.sort(Comparator.comparingLong((MethodKey key) ->
                        recent.containsKey(key) ? -recent.get(key).count() : 0)
                .thenComparing(Comparator.naturalOrder()));
        return new java.util.LinkedHashSet<>(keys);
    }

    private StatsAnswer.Series inSteps(StoredSeries stored, int first, int step, long begin, long end) {
        TreeMap<Integer, Tally> steps = new TreeMap<>();
        Tally total = new Tally();
        stored.minutes().forEach((minute, tally) -> {
            steps.computeIfAbsent(first + (minute - first) / step * step, s -> new Tally())
                    .add(tally);
            total.add(tally);
        });
        List<StatsAnswer.Point> points = new ArrayList<>(steps.size());
        steps.forEach((minute, tally) -> {
            long atMs = minute * MINUTE_MS;
            // the minute that goes on has not had all of its seconds yet
            long length = Math.min(step * MINUTE_MS, clock.millis() - atMs);
            points.add(StatsAnswer.Point.of(atMs, length, tally));
        });
        long wholeBegin = begin / MINUTE_MS * MINUTE_MS;
        MethodKey key = stored.key();
        return new StatsAnswer.Series(
                key.service(),
                key.method(),
                key.side().word(),
                points,
                StatsAnswer.Point.of(
                        wholeBegin,
                        Math.min(end / MINUTE_MS * MINUTE_MS + MINUTE_MS, clock.millis()) - wholeBegin,
                        total));
    }

    /**
     * Returns what arrived in the last moments.
     *
     * @param windowMs 1 second to 15 minutes
     * @param service null for all
     */
    public LiveAnswer live(long windowMs, @Nullable String service) {
        if (windowMs < 1_000 || windowMs > 900_000) {
            throw new IllegalArgumentException("windowMs: %d (expected: 1000 to 900000)".formatted(windowMs));
        }
        long now = clock.millis();
        LiveWindow.Answer window = live.last(windowMs, now);
        long lengthMs = now - window.fromMs();
        List<LiveAnswer.Method> methods = new ArrayList<>();
        window.methods().forEach((key, tally) -> {
            boolean servedHere = key.side() == CallSide.CLIENT
                    && window.methods().containsKey(new MethodKey(key.service(), key.method(), CallSide.SERVER));
            if (!servedHere
                    && (service == null || key.service().equals(service))
                    && tally.count() + tally.errors() > 0) {
                methods.add(new LiveAnswer.Method(
                        key.service(),
                        key.method(),
                        key.side().word(),
                        tally.count(),
                        tally.errors(),
                        StatsAnswer.perSecond(tally.count(), lengthMs),
                        Math.round(tally.errorRatio() * 1e6) / 1e6,
                        tally.percentileMs(0.5),
                        tally.percentileMs(0.99),
                        tally.maxMs()));
            }
        });
        methods.sort(Comparator.comparingLong(LiveAnswer.Method::count)
                .reversed()
                .thenComparing(LiveAnswer.Method::service)
                .thenComparing(LiveAnswer.Method::method));
        List<ProcessMinute> processes = live.processes(windowMs, now);
        return new LiveAnswer(
                now,
                lengthMs,
                methods.size() > MAX_LIVE_METHODS ? methods.subList(0, MAX_LIVE_METHODS) : methods,
                instances(processes, service),
                registry.registered(service),
                processes.size(),
                methods.size() > MAX_LIVE_METHODS);
    }

    /** Counts instances: a process that serves three services is three of them. */
    static int instances(List<ProcessMinute> processes, @Nullable String service) {
        Set<String> seen = new HashSet<>();
        for (ProcessMinute process : processes) {
            for (String served : process.services()) {
                if (service == null || served.equals(service)) {
                    seen.add(process.app() + '\0' + process.instance() + '\0' + served);
                }
            }
        }
        return seen.size();
    }

    /** Returns the processes that reported in the last moments, by app and instance. */
    public List<ProcessMinute> processes(long windowMs, @Nullable String app) {
        if (windowMs < 1_000 || windowMs > 900_000) {
            throw new IllegalArgumentException("windowMs: %d (expected: 1000 to 900000)".formatted(windowMs));
        }
        return live.processes(windowMs, clock.millis()).stream()
                .filter(process -> app == null || process.app().equals(app))
                .sorted(Comparator.comparing(ProcessMinute::app).thenComparing(ProcessMinute::instance))
                .toList();
    }

    /** Returns the minutes of one process; at most a day of them. */
    public List<ProcessMinute> processMinutes(String instance, @Nullable Long from, @Nullable Long to) {
        long end = to == null ? clock.millis() : to;
        long begin = from == null ? end - Duration.ofHours(1).toMillis() : from;
        if (begin < 0 || begin > end || end - begin > Duration.ofDays(1).toMillis()) {
            throw new IllegalArgumentException(
                    "from: %d, to: %d (expected: from before to, at most a day apart)".formatted(begin, end));
        }
        return store.processes((int) (begin / MINUTE_MS), (int) (end / MINUTE_MS)).stream()
                .filter(process -> process.instance().equals(instance))
                .toList();
    }

    /** Returns the services that were ever counted, with their methods and when each was last called. */
    public List<SeenService> services() {
        TreeMap<String, List<SeenService.Method>> services = new TreeMap<>();
        for (MethodKey key : store.methods()) {
            OptionalInt last = store.lastMinute(key);
            services.computeIfAbsent(key.service(), service -> new ArrayList<>())
                    .add(new SeenService.Method(
                            key.method(),
                            key.side().word(),
                            last.isPresent() ? (Long) (last.getAsInt() * MINUTE_MS) : null));
        }
        return services.entrySet().stream()
                .map(service -> new SeenService(service.getKey(), service.getValue()))
                .toList();
    }
}
