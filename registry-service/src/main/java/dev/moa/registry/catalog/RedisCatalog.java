package dev.moa.registry.catalog;

import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.registry.Refusal;
import dev.moa.registry.RegistryMetrics;
import dev.moa.registry.store.Look;
import dev.moa.registry.store.RedisStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is registered. Redis holds the truth and this class holds nothing: every write is one script on the keys of
 * one service, so that any number of registries may work beside each other.
 *
 * <p>Safe for many threads; blocks for one round trip to Redis per call, at most for its timeout. Every method
 * throws {@link Refusal}: UNAVAILABLE while Redis is away.
 */
public final class RedisCatalog {
    private static final Logger log = LoggerFactory.getLogger(RedisCatalog.class);
    private static final int CHANGE_TRIES = 5;

    private final RedisStore store;
    private final ServiceIndex index;
    private final CatalogProperties limits;
    private final RegistryMetrics metrics;
    private final Overrides overrides;
    private final Registrar registrar;
    private final MarkedServices probed;
    private final MarkedServices overridden;
    private final StoreMemory memory;
    private final Renewals renewals;
    private final Expiries expiries;

    RedisCatalog(RedisStore store, ServiceIndex index, CatalogProperties limits, RegistryMetrics metrics) {
        this.store = store;
        this.index = index;
        this.limits = limits;
        this.metrics = metrics;
        this.memory = new StoreMemory(limits.rebuild());
        this.overrides = new Overrides(store);
        this.renewals = new Renewals(
                store,
                index,
                metrics,
                (service, leases) -> new CatalogScript.Call(CatalogScript.keys(service), arguments(service, leases)));
        this.expiries = new Expiries(this, metrics);
        this.probed = new MarkedServices("moa:registry:probed", store);
        this.overridden = new MarkedServices("moa:registry:overridden", store);
        this.registrar = new Registrar(this, store, index, overrides, limits, metrics);
    }

    /** Sets who hears of registrations made here; before the first one. */
    public void tell(Hearer hearer) {
        registrar.tell(hearer);
    }

    /** Registers an instance and starts its lease; the same registration again changes nothing but the lease. */
    public Registered register(Registration registration) {
        return registrar.register(registration);
    }

    /**
     * Registers many, all sent before the first answer is waited for. Each succeeds or is refused by itself; the
     * answers are in order, each a {@link Registered} or a {@link Refusal}.
     */
    public List<Object> registerAll(List<Registration> registrations) {
        return registrar.registerAll(registrations);
    }

    /**
     * Registers many as {@link #registerAll} does, for a thread that may wait for nothing: workers do what has to wait. Fails
     * with a {@link Refusal} where all are refused.
     */
    public CompletableFuture<List<Object>> registerSoon(List<Registration> registrations, Executor workers) {
        return registrar.registerSoon(registrations, workers);
    }

    /** Renews leases. */
    public Renewal renew(List<Lease> leases) {
        return renewals.renew(leases);
    }

    /**
     * Renews what several requests ask for, all sent before the first answer is waited for; the answers are in order, each
     * a {@link Renewal} or a {@link Refusal}.
     */
    public List<Object> renewAll(List<List<Lease>> requests) {
        return renewals.renewAll(requests);
    }

    /** Changes what an instance says of itself. */
    public Written change(InstanceId id, long incarnation, InstancePatch patch, ChangeReason reason) {
        boolean reread = false;
        for (int i = 0; i < CHANGE_TRIES; i++) {
            Overrides.Known known = reread ? overrides.read(id.service()) : overrides.of(id.service());
            String stored = hash(instancesKey(id), id);
            if (stored == null) {
                throw Refusal.unknown(id.value());
            }
            Description listed = InstanceJson.description(stored);
            String kept = listed.overridden() == null ? null : hash(CatalogScript.key(id.service(), "own"), id);
            Description says = (kept == null ? listed : InstanceJson.descriptionOf(kept)).with(patch);
            Position seenBefore = memory.last(id.service());
            List<Object> answer = write(
                    CatalogScript.CHANGE,
                    id.service(),
                    id.value(),
                    String.valueOf(incarnation),
                    InstanceJson.bodyOf(stored),
                    InstanceJson.body(known.apply(says, incarnation)),
                    reason.word(),
                    kept == null ? "" : kept,
                    InstanceJson.body(says),
                    known.version());
            reread = answer.get(0).equals("reread");
            if (!reread && !answer.get(0).equals("raced")) {
                return written(id, incarnation, reason, seenBefore, answer);
            }
        }
        throw Refusal.contended(id.value(), CHANGE_TRIES);
    }

    private @Nullable String hash(String key, InstanceId id) {
        return store.ask("find", redis -> redis.<String, String>opsForHash().get(key, id.value()));
    }

    /**
     * Puts an override in, or in place of one of the same id. Those whom it covers are listed otherwise when this
     * returns.
     *
     * @return how many instances are listed otherwise now
     */
    public int put(InstanceOverride override, ChangeReason reason) {
        return override(ServiceName.of(override.service()), override.id(), Overrides.write(override), reason);
    }

    /**
     * Takes an override out; there need not be one.
     *
     * @return how many instances are listed otherwise now
     */
    public int lift(ServiceName service, String override, ChangeReason reason) {
        return override(service, override, "", reason);
    }

    private int override(ServiceName service, String id, String json, ChangeReason reason) {
        List<Object> answer = write(CatalogScript.OVERRIDE, service, id, json, String.valueOf(limits.maxOverrides()));
        if (answer.get(0).equals("full")) {
            throw Refusal.exhausted(
                    "overrides of " + service,
                    limits.maxOverrides() + 1,
                    limits.maxOverrides() + " (moa.registry.catalog.max-overrides)",
                    "lift some that are not needed, or use one with a wider scope");
        }
        if (!json.isEmpty()) {
            overridden.add(service);
        }
        return relist(service, reason);
    }

    /** Returns the services that have overrides, or had some a moment ago. */
    public Set<ServiceName> overriddenServices() {
        return overridden.read();
    }

    /** Says whether a service still has overrides. */
    public void overridden(ServiceName service, boolean has) {
        overridden.set(service, has);
    }

    /** Leaves it to another registry to say whether a service has overrides. */
    public void overriddenElsewhere(ServiceName service) {
        overridden.leave(service);
    }

    /** Lists every instance of a service as its overrides want it; returns how many had to be changed. */
    public int relist(ServiceName service, ChangeReason reason) {
        Overrides.Known known = overrides.read(service);
        int changed = 0;
        for (Instance instance : snapshot(service).instances()) {
            InstanceId id = InstanceId.parse(instance.id());
            Description says = instance.registration().description(id);
            if (!known.apply(says, instance.incarnation()).equals(instance.description())) {
                try {
                    changed += change(id, instance.incarnation(), InstancePatch.NOTHING, reason)
                                    .changed()
                            ? 1
                            : 0;
                } catch (Refusal refusal) {
                    if (refusal.code() == StatusCode.UNAVAILABLE) {
                        throw refusal;
                    }
                    // it left, or registered anew with the overrides
                    log.debug("{} is not relisted: {}", id, refusal.getMessage());
                }
            }
        }
        return changed;
    }

    /**
     * The overrides of a service as of one moment, the oldest first.
     *
     * @param version how often they have changed; less than before means that Redis lost them
     */
    public record OverridesNow(long version, List<InstanceOverride> all) {}

    /** Returns the overrides of a service with their version. */
    public OverridesNow overridesNow(ServiceName service) {
        Overrides.Known now = overrides.read(service);
        return new OverridesNow(Long.parseLong(now.version()), now.all());
    }

    /** Returns the overrides of a service, the oldest first. */
    public List<InstanceOverride> overrides(ServiceName service) {
        return overrides.read(service).all();
    }

    /** Returns the services some of whose instances say how to probe them. */
    public Set<ServiceName> probedServices() {
        return probed.read();
    }

    /** Says whether a service still has such instances. */
    public void probed(ServiceName service, boolean has) {
        probed.set(service, has);
    }

    /** Removes an instance. */
    public Written remove(InstanceId id, long incarnation, ChangeReason reason) {
        Position before = memory.last(id.service());
        List<Object> answer =
                write(CatalogScript.REMOVE, id.service(), id.value(), String.valueOf(incarnation), reason.word());
        return written(id, incarnation, reason, before, answer);
    }

    private Written written(
            InstanceId id, long incarnation, ChangeReason reason, @Nullable Position before, List<Object> answer) {
        String outcome = (String) answer.get(0);
        if (outcome.equals("unknown")) {
            throw Refusal.unknown(id.value());
        }
        if (outcome.equals("stale")) {
            throw Refusal.stale(id.value(), incarnation, (Long) answer.get(1));
        }
        notice(id.service(), before, (String) answer.get(2), (Long) answer.get(3));
        boolean changed = !outcome.equals("unchanged");
        metrics.change(reason.word(), changed ? 1 : 0);
        if (outcome.equals("removed")) {
            log.info("{} of {} removed: {}", id, id.service(), reason.word());
        }
        return new Written(id.value(), incarnation, changed, (String) answer.get(2), (Long) answer.get(3));
    }

    /**
     * Ends the leases of a service that are over: removes the instances, or holds them where the loss looks like ours.
     * A lease is over for good when its instance is gone, was replaced, or has not renewed for three times as long.
     *
     * @param look of this moment; an old one ends nothing
     * @param lookAge how old it may be
     * @param heal whether to give a lease to those who lost theirs with an evicted key
     * @param succession who registered at whose address
     * @param gone those who were asked and did not answer
     */
    public Expiry expire(
            ServiceName service,
            Look look,
            Duration lookAge,
            boolean heal,
            LossRule rule,
            Succession succession,
            Collection<Lease> gone) {
        return expiries.expire(service, look, lookAge, heal, rule, succession, gone);
    }

    /** Returns how many leases of a service are over or end {@code within} a time. */
    public Silence silence(ServiceName service, Duration within) {
        List<Object> answer = store.ask(
                "silence",
                redis -> CatalogScript.SILENCE.run(
                        redis,
                        List.of(CatalogScript.key(service, "leases")),
                        List.of(String.valueOf(within.toMillis()))));
        return new Silence(Math.toIntExact((Long) answer.get(0)), Math.toIntExact((Long) answer.get(1)));
    }

    /** Returns the instance, or null where none is registered under the id. */
    public @Nullable Instance find(InstanceId id) {
        String stored = hash(instancesKey(id), id);
        return stored == null ? null : InstanceJson.instance(stored);
    }

    /** Returns all instances of a service as of one moment. */
    public ServiceSnapshot snapshot(ServiceName service) {
        List<String> keys = CatalogScript.keys(service);
        Position before = memory.last(service);
        List<Object> answer =
                store.ask("snapshot", redis -> CatalogScript.SNAPSHOT.run(redis, keys.subList(0, 3), List.of()));
        notice(service, before, (String) answer.get(0), (Long) answer.get(1));
        List<String> instances = strings(answer.get(3));
        List<String> leases = strings(answer.get(4));
        List<Instance> parsed = new ArrayList<>(instances.size() / 2);
        for (int i = 1; i < instances.size(); i += 2) {
            parsed.add(InstanceJson.instance(instances.get(i)));
        }
        parsed.sort(java.util.Comparator.comparing(Instance::id));
        Map<String, Long> ends = new HashMap<>();
        for (int i = 0; i < leases.size(); i += 2) {
            ends.put(leases.get(i), (long) Double.parseDouble(leases.get(i + 1)));
        }
        return new ServiceSnapshot(
                service.value(), (String) answer.get(0), (Long) answer.get(1), (Long) answer.get(2), parsed, ends);
    }

    /** Returns the changes of a service after a revision, the oldest {@code limit} of them. */
    public ServiceChanges changes(ServiceName service, long since, int limit) {
        List<String> keys = CatalogScript.keys(service);
        List<Object> answer = store.ask(
                "changes",
                redis -> CatalogScript.CHANGES.run(
                        redis,
                        List.of(keys.get(0), keys.get(3)),
                        List.of(String.valueOf(since), String.valueOf(limit))));
        List<InstanceChange> changes = new ArrayList<>();
        for (Object entry : (List<?>) answer.get(2)) {
            changes.add(change((List<?>) entry));
        }
        return new ServiceChanges(service.value(), (String) answer.get(0), (Long) answer.get(1), changes);
    }

    /** Returns how far a service is now. */
    public Position position(ServiceName service) {
        ServiceChanges now = changes(service, Long.MAX_VALUE, 1);
        return new Position(now.epoch(), now.revision());
    }

    /** Returns how far services are now, asked for in one write; those of whom nothing was answered are not among them. */
    public Map<ServiceName, Position> positions(List<ServiceName> services) {
        List<CatalogScript.Call> calls = new ArrayList<>(services.size());
        for (ServiceName service : services) {
            List<String> keys = CatalogScript.keys(service);
            calls.add(new CatalogScript.Call(
                    List.of(keys.get(0), keys.get(3)), List.of(String.valueOf(Long.MAX_VALUE), "1")));
        }
        List<CatalogScript.Outcome> outcomes =
                store.ask("positions", redis -> CatalogScript.CHANGES.runAll(redis, calls));
        Map<ServiceName, Position> positions = new HashMap<>();
        for (int i = 0; i < outcomes.size(); i++) {
            List<Object> answer = outcomes.get(i).answer();
            if (answer != null) {
                positions.put(services.get(i), new Position((String) answer.get(0), (Long) answer.get(1)));
            }
        }
        return positions;
    }

    /** Returns how many instances a service has, by status. */
    public ServiceSummary summary(ServiceName service) {
        List<String> keys = CatalogScript.keys(service);
        List<Object> answer =
                store.ask("summary", redis -> CatalogScript.SUMMARY.run(redis, keys.subList(0, 2), List.of()));
        return new ServiceSummary(
                service.value(),
                Math.toIntExact((Long) answer.get(1)),
                Math.toIntExact((Long) answer.get(2)),
                Math.toIntExact((Long) answer.get(3)),
                Math.toIntExact((Long) answer.get(4)),
                Math.toIntExact((Long) answer.get(5)),
                (Long) answer.get(0));
    }

    // what Redis lost shows when a service is behind what was seen before the question was asked
    void notice(ServiceName service, @Nullable Position before, String epoch, long revision) {
        if (memory.notice(service, before, new Position(epoch, revision)) && before != null) {
            write(CatalogScript.REBIRTH, service, epoch, String.valueOf(before.revision()));
            metrics.rebirth();
        }
    }

    /**
     * Returns whether the store of a service was lost a short while ago: an instance that is not there may live and
     * come back with its next renewal.
     */
    public boolean isRebuilding(ServiceName service) {
        return memory.isRebuilding(service);
    }

    List<Object> write(CatalogScript script, ServiceName service, String... arguments) {
        return store.ask(
                script.name().toLowerCase(Locale.ROOT),
                redis -> script.run(redis, CatalogScript.keys(service), arguments(service, arguments)));
    }

    /** Returns how far a service was seen. */
    @Nullable
    Position lastSeen(ServiceName service) {
        return memory.last(service);
    }

    // what every script that writes takes first
    List<String> arguments(ServiceName service, String... own) {
        List<String> all = new ArrayList<>(own.length + 3);
        all.add(service.value());
        all.add(newEpoch());
        all.add(String.valueOf(limits.keptChanges()));
        all.addAll(List.of(own));
        return all;
    }

    private String newEpoch() {
        // it need not be secret, only another than all before; and one goes with every write
        byte[] mark = new byte[9];
        ThreadLocalRandom.current().nextBytes(mark);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(mark);
    }

    // an entry of XRANGE: its id and its fields, name and value by turns
    private static InstanceChange change(List<?> entry) {
        String entryId = (String) Objects.requireNonNull(entry.get(0));
        Map<String, String> fields = new HashMap<>();
        List<String> pairs = strings(entry.get(1));
        for (int i = 0; i < pairs.size(); i += 2) {
            fields.put(pairs.get(i), pairs.get(i + 1));
        }
        return InstanceChange.of(
                Long.parseLong(entryId.substring(0, entryId.indexOf('-'))),
                field(fields, "type"),
                field(fields, "id"),
                field(fields, "incarnation"),
                field(fields, "reason"),
                field(fields, "atMs"),
                field(fields, "instance"));
    }

    private static String field(Map<String, String> fields, String name) {
        return Objects.requireNonNull(fields.get(name), name);
    }

    private static String instancesKey(InstanceId id) {
        return CatalogScript.key(id.service(), "instances");
    }

    @SuppressWarnings("unchecked")
    static List<String> strings(@Nullable Object list) {
        return (List<String>) Objects.requireNonNull(list);
    }
}
