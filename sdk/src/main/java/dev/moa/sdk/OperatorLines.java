package dev.moa.sdk;

import dev.moa.protocol.ServiceName;
import dev.moa.sdk.stats.CallSide;
import dev.moa.sdk.stats.MethodStatistics;
import dev.moa.sdk.stats.Statistics;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What {@code INFO moa} says of the methods that a server serves, in the style of Redis' {@code commandstats}, since
 * the process started: {@code method_/service/user/get:calls=120,errors=2,in_flight=1,p50_us=95,p99_us=870,max_us=1204,on_loop=1}.
 * {@code on_loop} says whether calls begin on the event loop now.
 */
final class OperatorLines implements Supplier<String> {

    private final @Nullable Statistics statistics;
    private final Map<ServiceName, Offer> services;

    /** @param statistics null where nothing is counted */
    OperatorLines(@Nullable Statistics statistics, Map<ServiceName, Offer> services) {
        this.statistics = statistics;
        this.services = services;
    }

    @Override
    public String get() {
        if (statistics == null) {
            return "statistics:off\n";
        }
        StringBuilder text = new StringBuilder("statistics:on\n");
        statistics.methods().stream()
                .filter(method -> method.side() == CallSide.SERVER)
                .sorted(Comparator.comparing(MethodStatistics::service).thenComparing(MethodStatistics::method))
                .forEach(method -> text.append(line(method)));
        return text.toString();
    }

    private String line(MethodStatistics method) {
        MethodStatistics.Totals totals = method.totals();
        Offer offer = services.get(ServiceName.of(method.service()));
        return String.format(
                Locale.ROOT,
                "method_%s/%s:calls=%d,errors=%d,in_flight=%d,p50_us=%d,p99_us=%d,max_us=%d,on_loop=%d\n",
                method.service(),
                method.method(),
                totals.calls(),
                totals.errors(),
                totals.inFlight(),
                totals.latency().percentileNanos(0.5) / 1_000,
                totals.latency().percentileNanos(0.99) / 1_000,
                totals.latency().maxNanos() / 1_000,
                offer != null && offer.isOnLoop(method.method()) ? 1 : 0);
    }
}
