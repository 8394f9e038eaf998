package dev.moa.registry.intent;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.Refusal;
import dev.moa.registry.Rounds;
import dev.moa.registry.catalog.ChangeReason;
import dev.moa.registry.catalog.Instance;
import dev.moa.registry.catalog.InstanceId;
import dev.moa.registry.catalog.InstanceOverride;
import dev.moa.registry.catalog.InstanceStatus;
import dev.moa.registry.catalog.RedisCatalog;
import dev.moa.registry.replica.Replicas;
import dev.moa.registry.store.RedisStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import tools.jackson.databind.json.JsonMapper;

/**
 * Puts operators' overrides in, lifts them, and looks after them: one that is over is lifted, so is one that was bound
 * to a registration that is gone; whoever is not listed as wanted (a registry died in between) is listed so; and what
 * Redis lost is put in again ({@link StoreLosses}).
 */
public final class OverrideDesk implements SmartLifecycle {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final int RELIST_ROUNDS = 10;

    private final RedisCatalog catalog;
    private final RedisStore store;
    private final Replicas replicas;
    private final Audit audit;
    private final Rounds rounds = new Rounds("registry-desk-1", INTERVAL, this::lookAfterMine);
    private final StoreLosses losses;

    // of the desk's thread
    private int round;

    OverrideDesk(RedisCatalog catalog, RedisStore store, Replicas replicas, Audit audit) {
        this.catalog = catalog;
        this.store = store;
        this.replicas = replicas;
        this.audit = audit;
        this.losses = new StoreLosses(catalog, audit);
    }

    /** An override that was put in, and how many instances are listed otherwise for it. */
    public record Put(InstanceOverride override, int changed) {}

    /** Puts in what an operator wants. */
    public Put put(OverrideWish wish, String author) {
        long now = store.nowMs();
        Long incarnation = null;
        if (!wish.lasting()) {
            InstanceId id = InstanceId.parse(Objects.requireNonNull(wish.scope().instance()));
            Instance instance = catalog.find(id);
            if (instance == null) {
                throw Refusal.unknown(id.value());
            }
            incarnation = instance.incarnation();
        }
        InstanceOverride override = new InstanceOverride(
                "o-" + UUID.randomUUID().toString().replace("-", "").substring(0, 16),
                wish.service().value(),
                InstanceOverride.Kind.OPERATOR,
                wish.scope(),
                incarnation,
                wish.set(),
                author,
                wish.reason(),
                now,
                wish.expiresSeconds() == null ? null : now + 1000L * wish.expiresSeconds());
        if (!wish.force()) {
            refuseEmptying(override);
        }
        return put(override, author);
    }

    /** Refuses what would leave nobody who is called of a service that has somebody. */
    private void refuseEmptying(InstanceOverride override) {
        if (!override.takesOut()) {
            return;
        }
        List<Instance> called = catalog.snapshot(ServiceName.of(override.service())).instances().stream()
                .filter(each -> each.status() == InstanceStatus.UP && each.weight() > 0)
                .toList();
        if (!called.isEmpty() && called.stream().allMatch(override::covers)) {
            throw Refusal.leavesNobody(override.service(), called.size());
        }
    }

    private Put put(InstanceOverride override, String author) {
        int changed = catalog.put(override, ChangeReason.OPERATOR);
        audit.record(
                author,
                "override",
                override.service(),
                override.scope().instance(),
                override.reason(),
                words(override));
        losses.remember(ServiceName.of(override.service()));
        return new Put(override, changed);
    }

    static String words(InstanceOverride override) {
        return "%s: %s %s"
                .formatted(
                        override.id(),
                        JSON.writeValueAsString(override.scope()),
                        JSON.writeValueAsString(override.set()));
    }

    /** Lifts an override; returns how many instances are listed otherwise for it. */
    public int lift(ServiceName service, String id, String author, String reason) {
        RedisCatalog.OverridesNow before = catalog.overridesNow(service);
        if (before.all().stream().noneMatch(each -> each.id().equals(id))) {
            throw Refusal.unknownOverride(id, service.value());
        }
        int changed = catalog.lift(service, id, ChangeReason.OPERATOR);
        losses.lifted(service, id, before.version());
        audit.record(author, "lift", service.value(), null, reason, id);
        losses.remember(service);
        return changed;
    }

    /** Returns the overrides of operators, of one service or of all: what they want, to be kept elsewhere. */
    public List<InstanceOverride> export(@Nullable ServiceName service) {
        List<InstanceOverride> all = new ArrayList<>();
        for (ServiceName each : service == null ? catalog.overriddenServices() : Set.of(service)) {
            catalog.overrides(each).stream()
                    .filter(override -> override.kind() == InstanceOverride.Kind.OPERATOR)
                    .forEach(all::add);
        }
        all.sort(java.util.Comparator.comparing(InstanceOverride::service).thenComparing(InstanceOverride::id));
        return all;
    }

    /** Puts exported overrides in again, under the ids they had; those that are over are left out. */
    public int restore(List<InstanceOverride> exported, String author) {
        long now = store.nowMs();
        int restored = 0;
        try {
            for (InstanceOverride each : exported) {
                if (each.expiresAtMs() == null || each.expiresAtMs() > now) {
                    catalog.put(each, ChangeReason.OPERATOR);
                    losses.remember(ServiceName.of(each.service()));
                    restored++;
                }
            }
        } finally {
            // Redis may go away in the middle of it
            audit.record(author, "restore", Audit.ALL, null, "restore", restored + " overrides");
        }
        return restored;
    }

    @Override
    public void start() {
        rounds.start();
    }

    @Override
    public void stop() {
        rounds.stop();
    }

    @Override
    public boolean isRunning() {
        return rounds.isRunning();
    }

    private void lookAfterMine() {
        round++;
        Set<ServiceName> services = new HashSet<>(catalog.overriddenServices());
        services.addAll(losses.young());
        for (ServiceName service : services) {
            Rounds.isDone(service, () -> lookAfterIfMine(service));
        }
    }

    private void lookAfterIfMine(ServiceName service) {
        if (replicas.isMine(service.value())) {
            lookAfter(service, store.nowMs());
        } else if (!losses.isYoung(service)) {
            losses.forget(service);
            catalog.overriddenElsewhere(service);
        } else if (losses.read(service, store.nowMs()).isEmpty()) {
            catalog.overriddenElsewhere(service);
        }
    }

    private void lookAfter(ServiceName service, long now) {
        List<InstanceOverride> all = losses.read(service, now);
        boolean looksAtInstances = round % RELIST_ROUNDS == 0;
        Set<String> there = looksAtInstances ? registrations(service) : Set.of();
        for (InstanceOverride each : all) {
            boolean over = each.expiresAtMs() != null && each.expiresAtMs() <= now;
            boolean orphaned = looksAtInstances
                    && each.incarnation() != null
                    && !there.contains(each.scope().instance() + "#" + each.incarnation());
            if (over || orphaned) {
                catalog.lift(service, each.id(), ChangeReason.OPERATOR);
            }
            if (over) {
                audit.record(
                        "registry", "expire", service.value(), each.scope().instance(), "its time is over", each.id());
            }
        }
        catalog.overridden(service, !all.isEmpty());
        if (!all.isEmpty() && looksAtInstances) {
            catalog.relist(service, ChangeReason.OPERATOR);
        }
    }

    private Set<String> registrations(ServiceName service) {
        return catalog.snapshot(service).instances().stream()
                .map(each -> each.id() + "#" + each.incarnation())
                .collect(Collectors.toSet());
    }
}
