package dev.moa.router.nameserver;

import dev.moa.router.address.Instance;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which instances a DNS name means: only those that can be called and take a share of the calls, and of these what the
 * leading labels say. DNS knows no upper case, so case does not count.
 *
 * @param zone of {@code zone-x}; null means any
 * @param lane of {@code lane-y}, the tag {@code lane}; null means any
 * @param protocol of {@code _moa._tcp}; null means any
 */
record NameFilter(
        @Nullable String zone,
        @Nullable String lane,
        @Nullable String protocol) {

    static final NameFilter ANY = new NameFilter(null, null, null);

    private static final String ZONE = "zone-";
    private static final String LANE = "lane-";

    static boolean isFilter(String label) {
        return label.startsWith(ZONE) && label.length() > ZONE.length()
                || label.startsWith(LANE) && label.length() > LANE.length();
    }

    NameFilter with(String label) {
        return label.startsWith(ZONE)
                ? new NameFilter(label.substring(ZONE.length()), lane, protocol)
                : new NameFilter(zone, label.substring(LANE.length()), protocol);
    }

    NameFilter withProtocol(String only) {
        return new NameFilter(zone, lane, only);
    }

    boolean accepts(Instance instance) {
        return instance.isCallable()
                && instance.weight() > 0
                && (zone == null || zone.equalsIgnoreCase(instance.zone()))
                && (lane == null || lane.equalsIgnoreCase(instance.tags().get("lane")))
                && (protocol == null
                        || instance.protocols().stream()
                                .anyMatch(
                                        known -> known.toLowerCase(Locale.ROOT).equals(protocol)));
    }
}
