package dev.moa.router.nameserver;

import dev.moa.router.address.Instance;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which instances a DNS name means: only those that can be called and take a share of the calls, and of these what the
 * leading labels say. DNS knows no upper case, so case does not count.
 *
 * @param zone of {@code zone-x}; null means any
 * @param lanes of {@code lane-y}, the tag {@code lane}; of more than one the first that has an instance; {@code base} are
 *     also those without the tag; empty means any
 * @param protocol of {@code _moa._tcp}; null means any
 */
record NameFilter(
        @Nullable String zone, List<String> lanes, @Nullable String protocol) {

    static final NameFilter ANY = new NameFilter(null, List.of(), null);

    private static final String ZONE = "zone-";
    private static final String LANE = "lane-";

    static boolean isFilter(String label) {
        return label.startsWith(ZONE) && label.length() > ZONE.length()
                || label.startsWith(LANE) && label.length() > LANE.length();
    }

    NameFilter with(String label) {
        if (label.startsWith(ZONE)) {
            return new NameFilter(label.substring(ZONE.length()), lanes, protocol);
        }
        List<String> more = new ArrayList<>(lanes);
        more.add(label.substring(LANE.length()));
        return new NameFilter(zone, List.copyOf(more), protocol);
    }

    NameFilter withProtocol(String only) {
        return new NameFilter(zone, lanes, only);
    }

    /** Returns the same filter with the one lane that is chosen among these instances. */
    NameFilter chosenAmong(Collection<Instance> instances) {
        NameFilter last = this;
        for (String lane : lanes) {
            last = new NameFilter(zone, List.of(lane), protocol);
            if (instances.stream().anyMatch(last::accepts)) {
                return last;
            }
        }
        return last;
    }

    /** Returns whether the name means it; of several lanes, once one is chosen. */
    boolean accepts(Instance instance) {
        return instance.isCallable()
                && instance.weight() > 0
                && (zone == null || zone.equalsIgnoreCase(instance.zone()))
                && (lanes.isEmpty() || lanes.contains(laneOf(instance)))
                && (protocol == null
                        || instance.protocols().stream()
                                .anyMatch(
                                        known -> known.toLowerCase(Locale.ROOT).equals(protocol)));
    }

    private static String laneOf(Instance instance) {
        return instance.tags().getOrDefault("lane", "base").toLowerCase(Locale.ROOT);
    }
}
