package dev.moa.spring.observe;

import dev.moa.sdk.stats.Interval;
import dev.moa.sdk.stats.MethodStatistics;
import dev.moa.sdk.stats.Statistics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;

/**
 * Shows what {@link Statistics} counts: nothing is recorded twice. Quantiles and totals are those of the last
 * interval that was reported ({@code moa.statistics.interval}); how many calls are in flight is that of now.
 *
 * <p>Methods get their meters with their first call, up to a limit; names beyond it are not shown, so nobody fills a
 * registry by making up names.
 */
final class MethodMeters implements MeterBinder {

    private static final double NANOS_PER_SECOND = 1e9;
    private static final Map<String, ToLongFunction<Interval>> QUANTILES = Map.of(
            "0.5", Interval::p50Nanos, "0.9", Interval::p90Nanos, "0.99", Interval::p99Nanos, "1", Interval::maxNanos);

    private final Statistics statistics;
    private final int limit;

    MethodMeters(Statistics statistics, int limit) {
        this.statistics = statistics;
        this.limit = limit;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        // a method may be told of twice
        Set<MethodStatistics> seen = ConcurrentHashMap.newKeySet();
        statistics.watch(method -> {
            if (seen.size() < limit && seen.add(method)) {
                bind(registry, method);
            }
        });
    }

    private void bind(MeterRegistry registry, MethodStatistics method) {
        Tags tags = Tags.of(
                "side", method.side().name().toLowerCase(Locale.ROOT),
                "service", method.service(),
                "method", method.method());
        QUANTILES.forEach(
                (quantile, nanos) -> Gauge.builder("moa.methods.latency", method, each -> seconds(each, nanos))
                        .description("How long calls of the last reported interval took, by quantile; 1 is the longest")
                        .baseUnit("seconds")
                        .tags(tags.and("quantile", quantile))
                        .register(registry));
        Gauge.builder("moa.methods.in-flight", method, MethodStatistics::inFlight)
                .description("Calls that have begun and not ended")
                .tags(tags)
                .register(registry);
        FunctionCounter.builder("moa.methods.calls", method, each -> each.last().calls())
                .description("Calls that have ended")
                .tags(tags)
                .register(registry);
        FunctionCounter.builder(
                        "moa.methods.failures", method, each -> each.last().failures())
                .description("Calls that have failed")
                .tags(tags)
                .register(registry);
    }

    private static double seconds(MethodStatistics method, ToLongFunction<Interval> nanos) {
        Interval last = method.last();
        return last.count() == 0 ? Double.NaN : nanos.applyAsLong(last) / NANOS_PER_SECOND;
    }
}
