package dev.moa.router;

import dev.moa.protocol.ServiceName;
import dev.moa.router.address.ServiceState;
import dev.moa.router.address.ServiceView;
import dev.moa.router.chain.Lookup;
import dev.moa.router.live.LiveView;
import dev.moa.router.operator.SharedHash;
import dev.moa.router.peers.Peers;
import dev.moa.router.peers.SharedLosses;
import dev.moa.router.snapshot.SnapshotStore;
import dev.moa.router.store.RedisLink;
import dev.moa.router.store.WakeSubscription;
import dev.moa.router.watch.Watches;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Starts the parts in their order, before the ports open: what the disk knows, then the view that compares it
 * with the store, then the wake-ups. Closes them after the ports and before the Redis client.
 */
@Component
class RouterLifecycle implements SmartLifecycle {

    /** Where the registry's scripts publish {@code <service> <epoch> <revision>}. */
    static final String WAKE_CHANNEL = "moa:wake";

    /** Where routers tell each other of operators' words. */
    static final String SWITCHES_CHANNEL = "moa:router:switches";

    /** How long the ports wait for it at most; a store that is away says so sooner. */
    private static final Duration FIRST_COMPARISON = Duration.ofSeconds(5);

    private final Lookup lookup;
    private final SnapshotStore snapshot;
    private final LiveView live;
    private final List<SharedHash> operatorWords;
    private final WakeSubscription wakes;
    private final Peers peers;
    private final SharedLosses losses;
    private final Watches watches;
    private final List<RedisLink> links;
    // what was kept of services whose store is suspected; of the live view's thread
    private final Map<ServiceName, ServiceView> keptSuspected = new HashMap<>();
    private volatile boolean running;

    RouterLifecycle(
            Lookup lookup,
            SnapshotStore snapshot,
            LiveView live,
            List<SharedHash> operatorWords,
            WakeSubscription wakes,
            Peers peers,
            SharedLosses losses,
            Watches watches,
            List<RedisLink> links,
            RouterMetrics metrics,
            Clock clock) {
        this.lookup = lookup;
        this.snapshot = snapshot;
        this.live = live;
        this.operatorWords = operatorWords;
        this.wakes = wakes;
        this.peers = peers;
        this.losses = losses;
        this.watches = watches;
        this.links = links;
        metrics.bind(live, snapshot, watches, clock);
    }

    @Override
    public void start() {
        if (running) {
            return;
        }
        running = true;
        snapshot.start(live::seed);
        live.onChange(service -> {
            if (!live.isSuspected(service)) {
                keep(service);
            }
        });
        lookup.onChange(watches::changed);
        live.onCompared(() -> live.services().forEach(this::keep));
        operatorWords.forEach(words -> {
            words.onChange(watches::allChanged);
            words.start();
        });
        losses.start();
        live.start();
        wakes.start();
        peers.start();
        live.awaitFirstComparison(FIRST_COMPARISON);
    }

    private void keep(ServiceName service) {
        ServiceState believed = live.believed(service);
        ServiceView shown = live.view(service);
        ServiceView suspected = live.isSuspected(service) ? shown : null;
        ServiceView before = suspected == null ? keptSuspected.remove(service) : keptSuspected.put(service, suspected);
        if (believed == null) {
            snapshot.forget(service);
        } else if (suspected != null) {
            if (before != suspected) {
                keepSuspected(believed, suspected, live.confirmedAtMs(service));
            }
        } else {
            ServiceView view = shown != null && shown.state() == believed ? shown : ServiceView.of(believed);
            snapshot.remember(view, live.confirmedAtMs(service));
        }
    }

    /**
     * Keeps what is shown, those who are held among them, under the birth mark from before the loss: a router that starts
     * with it suspects the store in its turn, and holds them further. Only after each comparison: while all register again
     * each service changes many times a second.
     */
    private void keepSuspected(ServiceState believed, ServiceView shown, long confirmedAtMs) {
        ServiceState kept = ServiceState.of(
                believed.service(),
                believed.epoch(),
                believed.revision(),
                shown.state().instances().values());
        snapshot.remember(ServiceView.marked(kept), confirmedAtMs);
    }

    @Override
    public void stop() {
        running = false;
        peers.close();
        losses.close();
        wakes.close();
        operatorWords.forEach(SharedHash::close);
        live.close();
        snapshot.close();
        watches.close();
        links.forEach(RedisLink::close);
    }

    /** Ends the long polls before the ports wait for the calls that still run: nobody waits for news on the way out. */
    @EventListener
    void leaving(ContextClosedEvent event) {
        watches.close();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        // after the Redis client (0), before the web server and the moa port
        return 1_000;
    }
}
