package dev.moa.router;

import dev.moa.router.chain.Catalog;
import dev.moa.router.chain.Lookup;
import dev.moa.router.chain.Switches;
import dev.moa.router.live.LiveView;
import dev.moa.router.snapshot.SnapshotStore;
import dev.moa.router.store.WakeSubscription;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.stereotype.Component;

/** Health {@code lookup}: up while any source can answer; {@code problems} says what is wrong. */
@Component
class LookupHealthIndicator extends AbstractHealthIndicator {
    private final LiveView live;
    private final WakeSubscription wakes;
    private final SnapshotStore snapshot;
    private final Catalog catalog;
    private final Lookup lookup;
    private final Switches switches;

    LookupHealthIndicator(
            LiveView live,
            WakeSubscription wakes,
            SnapshotStore snapshot,
            Catalog catalog,
            Lookup lookup,
            Switches switches) {
        this.live = live;
        this.wakes = wakes;
        this.snapshot = snapshot;
        this.catalog = catalog;
        this.lookup = lookup;
        this.switches = switches;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        List<String> problems = new ArrayList<>();
        String store = live.failure();
        if (store != null) {
            problems.add("redis: " + store);
        }
        if (!wakes.isConnected()) {
            problems.add("redis: no wake-ups arrive; changes are seen by comparison only");
        }
        String disk = snapshot.failure();
        if (disk != null) {
            problems.add("snapshot: " + disk);
        }
        live.suspected().stream().limit(10).forEach(service -> problems.add(service + ": " + live.suspicion(service)));
        lookup.sources().stream()
                .filter(source -> !switches.isOn(source.name()))
                .forEach(source -> problems.add("source " + source.name() + " is switched off by "
                        + switches.position(source.name()).by()));
        int services = catalog.services().size();
        if (live.isComplete() || services > 0) {
            builder.up();
        } else {
            problems.add("no source can answer: is spring.data.redis.url right, and does that Redis run?");
            builder.outOfService();
        }
        builder.withDetail("services", services)
                .withDetail("suspected", live.suspected().size())
                .withDetail("snapshotAgeMs", snapshot.fileAgeMs())
                .withDetail("problems", problems);
    }
}
