package dev.moa.router.chain;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.moa.protocol.ServiceName;
import dev.moa.router.address.Instance;
import dev.moa.router.address.InstanceStatus;
import dev.moa.router.address.ServiceState;
import dev.moa.router.address.ServiceView;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * An operator's override that is tried out in the shadow before it is put in at the registry: the body of
 * {@code POST /v1/overrides} there, as far as it changes answers.
 *
 * @param service whose instances
 * @param scope which of them; what is null does not matter
 * @param set what they would be listed with; null leaves it
 */
public record TriedOverride(String service, Scope scope, Effect set) {

    public TriedOverride {
        // from JSON, where each may be left out
        if (Objects.isNull(service)) {
            throw new IllegalArgumentException("overrides.service: absent (expected: the name of the service)");
        }
        ServiceName.of(service);
        if (Objects.isNull(scope) || Objects.isNull(set)) {
            throw new IllegalArgumentException(
                    "overrides: scope %s, set %s (expected: both; a scope of {} is the whole service)"
                            .formatted(scope, set));
        }
        if (set.status() == null && set.weight() == null && set.tags() == null) {
            throw new IllegalArgumentException("overrides.set: nothing (expected: status, weight or tags)");
        }
        if (set.weight() != null && (set.weight() < 0 || set.weight() > 1_000)) {
            throw new IllegalArgumentException(
                    "overrides.set.weight: %d (expected: 0 to 1000)".formatted(set.weight()));
        }
    }

    /** Which instances: by id, {@code host:port}, zone, version. */
    public record Scope(
            @Nullable String instance,
            @Nullable String address,
            @Nullable String zone,
            @Nullable String version) {
        private static final Set<String> NAMES = Set.of("instance", "address", "zone", "version");

        /** A name that is passed over would make a scope wider than was meant. */
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        static Scope of(Map<String, @Nullable String> json) {
            for (String name : json.keySet()) {
                if (!NAMES.contains(name)) {
                    throw new IllegalArgumentException(
                            "overrides.scope: %s (expected: some of %s)".formatted(name, new TreeSet<>(NAMES)));
                }
            }
            return new Scope(json.get("instance"), json.get("address"), json.get("zone"), json.get("version"));
        }

        boolean covers(Instance one) {
            return matches(instance, one.id())
                    && matches(address, one.address())
                    && matches(zone, one.zone())
                    && matches(version, one.version());
        }

        private static boolean matches(@Nullable String wanted, @Nullable String is) {
            return wanted == null || wanted.equals(is);
        }
    }

    /** What they would be listed with. A status never makes an instance better than it is. */
    public record Effect(
            @Nullable InstanceStatus status,
            @Nullable Integer weight,
            @Nullable Map<String, String> tags) {

        public Effect {
            // null from JSON is refused here, and not when the first answer is made
            tags = tags == null ? null : Map.copyOf(tags);
        }
    }

    /** Returns the answer as it would be with these overrides; itself if none is about the service. */
    static LookupAnswer apply(List<TriedOverride> overrides, LookupAnswer answer) {
        if (!(answer instanceof LookupAnswer.Found found)
                || overrides.stream().noneMatch(each -> each.isFor(found.view().service()))) {
            return answer;
        }
        ServiceState state = found.view().state();
        List<Instance> changed = state.instances().values().stream()
                .map(instance -> listed(overrides, state.service(), instance))
                .toList();
        return new LookupAnswer.Found(
                found.source(),
                ServiceView.of(ServiceState.of(state.service(), state.epoch(), state.revision(), changed)),
                found.ageMs());
    }

    private boolean isFor(ServiceName name) {
        return service.equals(name.value());
    }

    private static Instance listed(List<TriedOverride> overrides, ServiceName service, Instance instance) {
        Instance listed = instance;
        for (TriedOverride each : overrides) {
            if (each.isFor(service) && each.scope.covers(instance)) {
                listed = each.set(listed);
            }
        }
        return listed;
    }

    private Instance set(Instance before) {
        Map<String, String> tags = new HashMap<>(before.tags());
        if (set.tags() != null) {
            tags.putAll(set.tags());
        }
        InstanceStatus status =
                set.status() == null || set.status().compareTo(before.status()) < 0 ? before.status() : set.status();
        return new Instance(
                before.id(),
                before.incarnation(),
                before.host(),
                before.port(),
                before.protocols(),
                set.weight() == null ? before.weight() : set.weight(),
                before.zone(),
                before.version(),
                tags,
                before.metadata(),
                status,
                before.held(),
                before.ttlSeconds());
    }
}
