package dev.moa.registry.intent;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.Refusal;
import dev.moa.registry.catalog.ChangeReason;
import dev.moa.registry.catalog.Instance;
import dev.moa.registry.catalog.InstanceId;
import dev.moa.registry.catalog.InstanceOverride;
import dev.moa.registry.catalog.Position;
import dev.moa.registry.catalog.RedisCatalog;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts in again what Redis lost of the overrides that this registry has seen: the whole of them after it was emptied,
 * the youngest after a replica that was behind became the primary. What was lifted here and is back by such a replica is
 * lifted again.
 *
 * <p>An override that was bound to a registration outlives the loss, which is no restart. Where that registration is
 * still there it is bound to it again. Where it is not, or an older one is, the process is on its way back and will get
 * a new incarnation: the override waits for it, without an incarnation so that it holds from the first moment, and is
 * bound to it then; if nobody comes it ends. A process that is started anew under the same id just then cannot be told
 * from the one before; instances made by the SDK have an id of their own for each process.
 *
 * <p>Verdicts of the prober are not put in again unless they are lasting: it finds out by itself.
 */
final class StoreLosses {
    private static final Logger log = LoggerFactory.getLogger(StoreLosses.class);
    /** How long a process that Redis lost is waited for: longer than most leases last. */
    private static final Duration AWAITED = Duration.ofMinutes(10);
    /** How long the registry that put something in looks after it, too; by then the one whose service it is has seen it. */
    private static final Duration YOUNG = Duration.ofMinutes(1);

    private final RedisCatalog catalog;
    private final Audit audit;
    private final ConcurrentMap<ServiceName, Seen> seen = new ConcurrentHashMap<>();
    private final ConcurrentMap<ServiceName, Long> youngUntil = new ConcurrentHashMap<>();
    // by the override's id
    private final ConcurrentMap<String, Lifted> lifted = new ConcurrentHashMap<>();
    // by the override's id, as they were; of the desk's thread
    private final Map<String, Awaited> awaited = new HashMap<>();

    StoreLosses(RedisCatalog catalog, Audit audit) {
        this.catalog = catalog;
        this.audit = audit;
    }

    /** The overrides of a service, the oldest first, as of a version of them and a position of the service. */
    record Seen(Position position, long version, List<InstanceOverride> all) {
        private boolean isLostIn(Seen now) {
            boolean isOfAnotherLife =
                    !position.epoch().isEmpty() && !now.position().covers(position);
            return now.version() < version || isOfAnotherLife;
        }
    }

    private record Awaited(InstanceOverride override, long untilNanos) {}

    private record Lifted(long version, long untilNanos) {
        boolean isOver() {
            return System.nanoTime() - untilNanos > 0;
        }
    }

    /**
     * Takes note of what has just been lifted here, for a Redis that loses that.
     *
     * @param version of the service's overrides before it was lifted
     */
    void lifted(ServiceName service, String id, long version) {
        long until = System.nanoTime() + AWAITED.toNanos();
        lifted.values().removeIf(Lifted::isOver);
        lifted.put(id, new Lifted(version, until));
        youngUntil.put(service, until);
    }

    /** Takes note of what has just been put in or lifted here; where Redis is away, the next round does. */
    void remember(ServiceName service) {
        youngUntil.merge(service, System.nanoTime() + YOUNG.toNanos(), (one, other) -> one - other > 0 ? one : other);
        try {
            Seen now = look(service);
            // put in again under its id
            now.all().forEach(each -> lifted.remove(each.id()));
            seen.put(service, now);
        } catch (Refusal away) {
            log.debug("The overrides of {} are read later: {}", service, away.getMessage());
        }
    }

    /** Returns whether this registry has put something in lately, and looks after it even if the service is another's. */
    boolean isYoung(ServiceName service) {
        Long until = youngUntil.get(service);
        if (until == null || System.nanoTime() - until < 0) {
            return until != null;
        }
        youngUntil.remove(service, until);
        return false;
    }

    /** Returns the young ones: what was lifted may come back where no override is left to look after. */
    Set<ServiceName> young() {
        youngUntil.keySet().removeIf(service -> !isYoung(service));
        return Set.copyOf(youngUntil.keySet());
    }

    void forget(ServiceName service) {
        seen.remove(service);
        awaited.values().removeIf(each -> each.override().service().equals(service.value()));
    }

    /** Returns the overrides of a service, with those that Redis lost since the last time. */
    List<InstanceOverride> read(ServiceName service, long nowMs) {
        Seen before = seen.get(service);
        Seen now = look(service);
        if (before != null && before.isLostIn(now)) {
            putBack(before, now, nowMs);
            now = look(service);
        }
        if (bindThoseWhoAreBack(service, now)) {
            now = look(service);
        }
        if (liftThoseWhoAreBack(service, now)) {
            now = look(service);
        }
        // what was put in meanwhile is newer than what was read here
        if (before == null) {
            seen.putIfAbsent(service, now);
        } else {
            seen.replace(service, before, now);
        }
        return now.all();
    }

    // version and list as of one moment: a list that Redis lost in between would look as if it had always been empty
    private Seen look(ServiceName service) {
        Position position = catalog.position(service);
        RedisCatalog.OverridesNow now = catalog.overridesNow(service);
        return new Seen(position, now.version(), now.all());
    }

    private void putBack(Seen before, Seen now, long nowMs) {
        var there = now.all().stream().map(InstanceOverride::id).collect(Collectors.toSet());
        for (InstanceOverride each : before.all()) {
            boolean isOver = each.expiresAtMs() != null && each.expiresAtMs() <= nowMs;
            boolean isVerdict = each.kind() == InstanceOverride.Kind.PROBE && each.incarnation() != null;
            if (there.contains(each.id()) || isOver || isVerdict) {
                continue;
            }
            Long incarnation = incarnationSince(each);
            if (each.incarnation() == null) {
                put(each, each, "as it was");
            } else if (incarnation != null) {
                bind(each, incarnation);
            } else {
                long until = nowMs + AWAITED.toMillis();
                long end = each.expiresAtMs() == null ? until : Math.min(until, each.expiresAtMs());
                awaited.put(each.id(), new Awaited(each, System.nanoTime() + AWAITED.toNanos()));
                put(each, bound(each, null, end), "until its instance is back");
            }
        }
    }

    /** Lifts again what was lifted here and is there as of before that; returns whether there was one. */
    private boolean liftThoseWhoAreBack(ServiceName service, Seen now) {
        boolean any = false;
        for (InstanceOverride each : now.all()) {
            Lifted before = lifted.get(each.id());
            if (before != null && !before.isOver() && now.version() <= before.version()) {
                catalog.lift(service, each.id(), ChangeReason.OPERATOR);
                log.warn("The override {} of {} is lifted again: Redis lost that it was", each.id(), service);
                audit.record(
                        "registry",
                        "lift",
                        service.value(),
                        each.scope().instance(),
                        "Redis lost that it was lifted",
                        each.id());
                any = true;
            }
        }
        return any;
    }

    /** Binds those whose instance has come back; returns whether there was one. */
    private boolean bindThoseWhoAreBack(ServiceName service, Seen now) {
        boolean any = false;
        for (Awaited each : List.copyOf(awaited.values())) {
            InstanceOverride override = each.override();
            if (!override.service().equals(service.value())) {
                continue;
            }
            boolean isWanted = now.all().stream().anyMatch(one -> one.id().equals(override.id()));
            Long incarnation = isWanted ? incarnationSince(override) : null;
            if (incarnation != null) {
                bind(override, incarnation);
                any = true;
            }
            if (incarnation != null || !isWanted || System.nanoTime() - each.untilNanos() > 0) {
                awaited.remove(override.id());
            }
        }
        return any;
    }

    /** Returns the incarnation of the override's instance; null where it is not there or is of before the override. */
    private @Nullable Long incarnationSince(InstanceOverride override) {
        String id = override.scope().instance();
        Long bound = override.incarnation();
        Instance instance = id == null || bound == null ? null : catalog.find(InstanceId.parse(id));
        return instance == null || bound == null || instance.incarnation() < bound
                ? null
                : Long.valueOf(instance.incarnation());
    }

    private void bind(InstanceOverride lost, long incarnation) {
        put(lost, bound(lost, incarnation, lost.expiresAtMs()), "for registration " + incarnation);
    }

    private void put(InstanceOverride lost, InstanceOverride again, String how) {
        catalog.put(again, ChangeReason.OPERATOR);
        log.warn("The override {} of {} is put in again: Redis lost it", lost.id(), lost.service());
        audit.record(
                "registry",
                "restore",
                lost.service(),
                lost.scope().instance(),
                "Redis lost it",
                "%s: %s, %s".formatted(OverrideDesk.words(lost), lost.author(), how));
    }

    private static InstanceOverride bound(
            InstanceOverride each, @Nullable Long incarnation, @Nullable Long expiresAtMs) {
        return new InstanceOverride(
                each.id(),
                each.service(),
                each.kind(),
                each.scope(),
                incarnation,
                each.set(),
                each.author(),
                each.reason(),
                each.createdAtMs(),
                expiresAtMs);
    }
}
