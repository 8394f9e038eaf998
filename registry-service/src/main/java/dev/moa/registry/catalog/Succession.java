package dev.moa.registry.catalog;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which registrations of a service have a later one at their address: of processes that were started again on their
 * port, under another id. Says nothing of whether either still lives; the script that ends leases looks at that.
 *
 * @param upTo the last incarnation that the service had given when this was found out; {@link #ALL} to go by it
 *     whoever has registered since, {@link #NONE} where nobody has looked
 * @param pairs at most 1,000
 */
public record Succession(long upTo, List<Pair> pairs) {
    public static final long ALL = -1;
    public static final long NONE = -2;

    /** Nobody has looked. */
    public static final Succession UNKNOWN = new Succession(NONE, List.of());

    // the script reads four keys for each, 4 ms for so many; the others' turn comes when these have been removed
    private static final int MOST = 1000;

    /** A registration and the latest one at the same address. */
    public record Pair(Lease earlier, Lease latest) {}

    private record Address(String host, int port) {}

    /**
     * Returns who has whose address in a service. Where these are too many, the ones whose lease ends first.
     *
     * @param upTo the last incarnation that the service had given before the snapshot was taken
     */
    public static Succession of(ServiceSnapshot snapshot, long upTo) {
        Map<Address, Instance> latest = new HashMap<>();
        for (Instance each : snapshot.instances()) {
            if (each.ttlSeconds() != null) {
                latest.merge(
                        address(each), each, (one, other) -> one.incarnation() > other.incarnation() ? one : other);
            }
        }
        List<Pair> pairs = new ArrayList<>();
        for (Instance each : snapshot.instances()) {
            Instance last = latest.get(address(each));
            if (each.ttlSeconds() != null && last != null && last != each) {
                pairs.add(new Pair(lease(each), lease(last)));
            }
        }
        if (pairs.size() <= MOST) {
            return new Succession(upTo, pairs);
        }
        Map<String, Long> ends = snapshot.leaseEndsMs();
        pairs.sort(Comparator.comparing(
                pair -> ends.getOrDefault(pair.earlier().id().value(), Long.MAX_VALUE)));
        return new Succession(NONE, List.copyOf(pairs.subList(0, MOST)));
    }

    /** Returns this to go by, whoever has registered since. */
    public Succession asAll() {
        return new Succession(ALL, pairs);
    }

    void addTo(List<String> arguments) {
        arguments.add(upTo == ALL ? "" : String.valueOf(upTo));
        arguments.add(String.valueOf(pairs.size()));
        for (Pair pair : pairs) {
            arguments.add(pair.earlier().id().value());
            arguments.add(String.valueOf(pair.earlier().incarnation()));
            arguments.add(pair.latest().id().value());
            arguments.add(String.valueOf(pair.latest().incarnation()));
        }
    }

    private static Address address(Instance instance) {
        return new Address(instance.host(), instance.port());
    }

    private static Lease lease(Instance instance) {
        return new Lease(InstanceId.parse(instance.id()), instance.incarnation());
    }
}
