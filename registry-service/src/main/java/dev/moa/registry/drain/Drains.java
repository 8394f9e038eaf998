package dev.moa.registry.drain;

import dev.moa.protocol.ServiceName;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.registry.Refusal;
import dev.moa.registry.catalog.Instance;
import dev.moa.registry.catalog.InstanceId;
import dev.moa.registry.catalog.InstanceOverride;
import dev.moa.registry.catalog.InstanceStatus;
import dev.moa.registry.catalog.Position;
import dev.moa.registry.catalog.RedisCatalog;
import dev.moa.registry.catalog.ServiceSnapshot;
import dev.moa.registry.intent.OverrideDesk;
import dev.moa.registry.intent.OverrideWish;
import dev.moa.registry.watch.Audience;
import dev.moa.registry.watch.SubscriptionHub;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Drains an instance: lists it as DRAINING and waits until nobody who is told by us would call it any more. Routers
 * are asked until their answer for the service does not have it, the HAProxies that they tell of changes send it no
 * new connection, and the clients that watch by long polls have come back with that answer; watches, here and at the other registries, until they
 * have been sent the revision. Whoever has not by the end of the wait is named.
 */
public final class Drains {
    private static final ServiceName LOOKUP = ServiceName.of("/service/lookup");
    private static final ServiceName REGISTRY = ServiceName.of("/service/registry");
    private static final int AT_ONCE = 16;
    /** Routers, and registries, that one drain asks; each router on three connections. */
    private static final int MOST_OF_A_KIND = 200;

    private static final long LOOK_MS = 20;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final RedisCatalog catalog;
    private final OverrideDesk desk;
    private final SubscriptionHub hub;
    private final ConnectionOptions options;
    private final Semaphore turns = new Semaphore(AT_ONCE);

    /** @param options how routers and other registries are asked; over TLS where they speak it */
    Drains(RedisCatalog catalog, OverrideDesk desk, SubscriptionHub hub, ConnectionOptions options) {
        this.catalog = catalog;
        this.desk = desk;
        this.hub = hub;
        this.options = options;
    }

    /** Drains; blocks until everybody knows, or for {@code wait}. */
    public DrainReport drain(InstanceId id, long incarnation, Duration wait, String author) {
        if (!turns.tryAcquire()) {
            throw Refusal.exhausted("drains", AT_ONCE + 1, AT_ONCE + " at once", "try again in a second");
        }
        long started = System.nanoTime();
        try {
            Instance instance = takeOut(id, incarnation, author);
            ServiceSnapshot without = catalog.snapshot(id.service());
            Position position = new Position(without.epoch(), without.revision());
            return await(instance, id, position, started, wait);
        } finally {
            turns.release();
        }
    }

    private Instance takeOut(InstanceId id, long incarnation, String author) {
        Instance instance = catalog.find(id);
        if (instance == null) {
            throw Refusal.unknown(id.value());
        }
        if (instance.incarnation() != incarnation) {
            throw Refusal.stale(id.value(), incarnation, instance.incarnation());
        }
        if (instance.status() == InstanceStatus.UP) {
            desk.put(
                    new OverrideWish(
                            id.service(),
                            InstanceOverride.Scope.of(id),
                            false,
                            new InstanceOverride.Effect(InstanceStatus.DRAINING, null, null),
                            "drain",
                            null,
                            true),
                    author);
        }
        return instance;
    }

    private DrainReport await(Instance instance, InstanceId id, Position position, long started, Duration wait) {
        List<Instance> routers = notDown(LOOKUP);
        List<Instance> registries = notDown(REGISTRY);
        int unasked = Math.max(0, routers.size() - MOST_OF_A_KIND) + Math.max(0, registries.size() - MOST_OF_A_KIND);
        List<Peer> peers = peers(instance, id, position, routers, registries);
        try {
            while (true) {
                boolean all = true;
                for (Peer peer : peers) {
                    all &= peer.hasAcknowledged();
                }
                Audience audience = hub.audience(id.service(), position);
                all &= audience.behind().isEmpty();
                long waited = System.nanoTime() - started;
                if (all || waited >= wait.toNanos()) {
                    return report(id, position, waited / 1_000_000, peers, audience, unasked);
                }
                Thread.sleep(LOOK_MS);
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw Refusal.stopping();
        } finally {
            peers.forEach(Peer::close);
        }
    }

    private List<Instance> notDown(ServiceName service) {
        return catalog.snapshot(service).instances().stream()
                .filter(each -> each.status() != InstanceStatus.DOWN)
                .toList();
    }

    private List<Peer> peers(
            Instance instance, InstanceId id, Position position, List<Instance> routers, List<Instance> registries) {
        List<Peer> peers = new ArrayList<>();
        byte[] question = JSON.writeValueAsBytes(List.of(id.service().value()));
        byte[] who = JSON.writeValueAsBytes(List.of(id.service().value(), id.value()));
        byte[] where = JSON.writeValueAsBytes(List.of(id.service().value(), instance.host(), instance.port()));
        routers.stream().limit(MOST_OF_A_KIND).forEach(router -> {
            peers.add(new Peer("router", router, options, "lookup", question, answer -> judgeLookup(id, answer)));
            peers.add(new Peer(Peer.HAPROXY, router, options, "sending", where, Drains::judgeSending));
            peers.add(new Peer(Peer.CLIENTS, router, options, "watchers", who, Drains::judgeWatchers));
        });
        byte[] behind = JSON.writeValueAsBytes(List.of(id.service().value(), position.epoch(), position.revision()));
        registries.stream()
                .limit(MOST_OF_A_KIND)
                .forEach(registry ->
                        peers.add(new Peer("registry", registry, options, "audience", behind, Drains::judgeAudience)));
        return peers;
    }

    private static @Nullable String judgeLookup(InstanceId id, JsonNode answer) {
        for (JsonNode instance : answer.path("instances")) {
            if (instance.path("id").asString("").equals(id.value())) {
                return "still answers it, at revision %d from %s"
                        .formatted(
                                answer.path("revision").asLong(0),
                                answer.path("source").asString("?"));
            }
        }
        return null;
    }

    private static @Nullable String judgeSending(JsonNode answer) {
        return answer.isEmpty() ? null : "may still be sent connections by " + answer;
    }

    private static @Nullable String judgeWatchers(JsonNode answer) {
        return answer.isEmpty() ? null : "has told, and not heard again of, " + answer;
    }

    private static @Nullable String judgeAudience(JsonNode answer) {
        JsonNode behind = answer.path("behind");
        return behind.isEmpty() ? null : "has not told " + behind;
    }

    private static DrainReport report(
            InstanceId id, Position position, long waitedMs, List<Peer> peers, Audience audience, int unasked) {
        List<DrainReport.Behind> behind = new ArrayList<>();
        int routers = 0;
        for (Peer peer : peers) {
            routers += peer.kind().equals("router") ? 1 : 0;
            if (!peer.hasAcknowledged()) {
                behind.add(peer.behind());
            }
        }
        for (String watch : audience.behind()) {
            behind.add(new DrainReport.Behind("watch", watch, "has not been sent the revision yet"));
        }
        if (unasked > 0) {
            behind.add(new DrainReport.Behind(
                    "router",
                    unasked + " more",
                    "not asked: at most %d routers and registries each are".formatted(MOST_OF_A_KIND)));
        }
        return new DrainReport(
                id.value(),
                position.epoch(),
                position.revision(),
                behind.isEmpty(),
                waitedMs,
                routers,
                audience.watches(),
                behind);
    }
}
