package dev.moa.router;

import dev.moa.router.address.Finding;
import dev.moa.router.chain.Shadow;
import dev.moa.router.live.LiveView;
import dev.moa.router.peers.Comparison;
import dev.moa.router.peers.Peers;
import dev.moa.router.snapshot.SnapshotStore;
import dev.moa.router.watch.Watches;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Every metric of the router, by name. */
final class RouterMetrics {
    private final MeterRegistry registry;
    private final Map<String, Map<Class<?>, Counter>> lookups = new ConcurrentHashMap<>();

    RouterMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Counts what a source said: {@code moa.router.lookup} by source and outcome. */
    void found(String source, Finding finding) {
        // looked up by two references: this runs for every lookup, and a registry's own look-up builds tags
        Map<Class<?>, Counter> byOutcome = lookups.computeIfAbsent(source, name -> new ConcurrentHashMap<>());
        byOutcome
                .computeIfAbsent(
                        finding.getClass(),
                        type -> Counter.builder("moa.router.lookup")
                                .description("what address sources said")
                                .tag("source", source)
                                .tag("outcome", type.getSimpleName().toLowerCase(Locale.ROOT))
                                .register(registry))
                .increment();
    }

    static void bind(Shadow shadow, MeterRegistry registry) {
        FunctionCounter.builder("moa.router.shadow.compared", shadow, Shadow::compared)
                .description("answers compared with those of another order")
                .register(registry);
        FunctionCounter.builder("moa.router.shadow.different", shadow, Shadow::different)
                .description("answers that another order would give otherwise")
                .register(registry);
    }

    void bind(Peers peers) {
        Gauge.builder(
                        "moa.router.peers.differing",
                        peers,
                        each -> each.comparison().routers().stream()
                                .filter(Comparison.Router::differs)
                                .count())
                .description("routers that answer otherwise than most of them")
                .register(registry);
        Gauge.builder(
                        "moa.router.peers.unreachable",
                        peers,
                        each -> each.comparison().routers().stream()
                                .filter(router -> router.why() != null)
                                .count())
                .description("routers that do not tell this one what they know")
                .register(registry);
    }

    void bind(LiveView view, SnapshotStore snapshot, Watches watches, Clock clock) {
        Gauge.builder("moa.router.live.services", view, live -> live.services().size())
                .description("services in the live view")
                .register(registry);
        Gauge.builder(
                        "moa.router.live.suspected",
                        view,
                        live -> live.suspected().size())
                .description("services whose store lost something and is not believed yet")
                .register(registry);
        Gauge.builder("moa.router.live.age", view, live -> (clock.millis() - live.comparedAtMs()) / 1000.0)
                .baseUnit("seconds")
                .description("since all services were last compared with the store")
                .register(registry);
        view.counters()
                .keySet()
                .forEach(name -> FunctionCounter.builder(
                                "moa.router.live." + name,
                                view,
                                live -> live.counters().getOrDefault(name, 0L))
                        .register(registry));
        Gauge.builder("moa.router.snapshot.services", snapshot, SnapshotStore::size)
                .description("services with an answer on disk")
                .register(registry);
        Gauge.builder("moa.router.snapshot.left-out", snapshot, SnapshotStore::leftOut)
                .description("services that did not fit into the file")
                .register(registry);
        Gauge.builder("moa.router.watch.waiting", watches, Watches::waiting)
                .description("long polls that wait")
                .register(registry);
    }
}
