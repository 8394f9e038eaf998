package dev.moa.registry.catalog;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.store.RedisStore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The overrides of services, as this registry has read them. It may be behind: every script that lists an instance
 * compares the version and sends its caller here to read again.
 */
final class Overrides {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final RedisStore store;
    // services without any are not in it
    private final ConcurrentMap<ServiceName, Known> known = new ConcurrentHashMap<>();

    Overrides(RedisStore store) {
        this.store = store;
    }

    /** All overrides of a service as of a version, the oldest first. */
    record Known(String version, List<InstanceOverride> all) {
        static final Known NONE = new Known("0", List.of());

        /**
         * Returns the instance as it is to be listed.
         *
         * @param incarnation null for one that is about to be registered
         */
        Description apply(Description said, @Nullable Long incarnation) {
            if (all.isEmpty()) {
                return said;
            }
            List<InstanceOverride> covering =
                    all.stream().filter(each -> each.covers(said, incarnation)).toList();
            return covering.isEmpty() ? said : apply(said, covering);
        }

        private static Description apply(Description said, List<InstanceOverride> covering) {
            int weight = said.weight();
            SortedMap<String, String> tags = new TreeMap<>(said.tags());
            @Nullable InstanceStatus byOperator = null;
            @Nullable InstanceStatus byProbe = null;
            List<String> by = new ArrayList<>(covering.size());
            for (InstanceOverride each : covering) {
                by.add(each.id() + ": " + each.author() + ": " + each.reason());
                if (each.set().weight() != null) {
                    weight = each.set().weight();
                }
                if (each.set().tags() != null) {
                    tags.putAll(each.set().tags());
                }
                if (each.kind() == InstanceOverride.Kind.PROBE) {
                    byProbe = each.set().status();
                } else if (each.set().status() != null) {
                    byOperator = each.set().status();
                }
            }
            @Nullable InstanceStatus wanted = byOperator == null ? byProbe : byOperator;
            // UP, DRAINING, DOWN: the worse of the two words holds
            InstanceStatus status = wanted == null || wanted.compareTo(said.status()) < 0 ? said.status() : wanted;
            return said.listedAs(status, weight, tags, new Overridden(by, said.status(), said.weight(), said.tags()));
        }
    }

    /** Returns what was read last. */
    Known of(ServiceName service) {
        return known.getOrDefault(service, Known.NONE);
    }

    /** Reads again. */
    Known read(ServiceName service) {
        List<Object> answer = store.ask(
                "overrides",
                redis -> CatalogScript.OVERRIDES.run(
                        redis,
                        List.of(CatalogScript.key(service, "meta"), CatalogScript.key(service, "overrides")),
                        List.of()));
        List<?> pairs = (List<?>) Objects.requireNonNull(answer.get(1));
        List<InstanceOverride> all = new ArrayList<>(pairs.size() / 2);
        for (int i = 1; i < pairs.size(); i += 2) {
            all.add(JSON.readValue((String) Objects.requireNonNull(pairs.get(i)), InstanceOverride.class));
        }
        all.sort(Comparator.comparingLong(InstanceOverride::createdAtMs).thenComparing(InstanceOverride::id));
        Known now = new Known((String) Objects.requireNonNull(answer.get(0)), List.copyOf(all));
        if (now.version().equals("0")) {
            known.remove(service);
        } else {
            known.put(service, now);
        }
        return now;
    }

    static String write(InstanceOverride override) {
        return JSON.writeValueAsString(override);
    }
}
