package dev.moa.router.address;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which instances of a service an answer lists.
 *
 * @param zone only of this zone; null means any
 * @param version only of this version; null means any
 * @param tags only those that have all of these
 * @param all also those that cannot be called now
 * @param lanes only those of the first of these lanes that has an instance that is UP, and of them those that are UP; a
 *     lane is the value of the tag {@code lane}, {@code base} are also those without it, {@code *} are all; empty means any
 */
public record LookupFilter(
        @Nullable String zone, @Nullable String version, Map<String, String> tags, boolean all, List<String> lanes) {
    private static final int MOST_LANES = 32;
    private static final String LANE = "lane";
    private static final String BASE = "base";
    private static final String ANY_LANE = "*";

    /** Every instance that can be called. */
    public static final LookupFilter CALLABLE = new LookupFilter(null, null, Map.of(), false);

    /** Every instance, with its status. */
    public static final LookupFilter ALL = new LookupFilter(null, null, Map.of(), true);

    public LookupFilter {
        tags = Map.copyOf(tags);
        lanes = List.copyOf(lanes);
    }

    public LookupFilter(@Nullable String zone, @Nullable String version, Map<String, String> tags, boolean all) {
        this(zone, version, tags, all, List.of());
    }

    /**
     * Returns the same filter, of lanes.
     *
     * @param expression lanes in the order in which they are tried, for example {@code blue|base}; null for any
     */
    public LookupFilter ofLanes(@Nullable String expression) {
        if (expression == null || expression.isBlank()) {
            return this;
        }
        List<String> wanted =
                Arrays.stream(expression.split("\\|", -1)).map(String::strip).toList();
        if (wanted.size() > MOST_LANES || wanted.contains("")) {
            throw new IllegalArgumentException(
                    "lane: '%s' (expected: at most %d lanes in the order in which they are tried, like blue|base)"
                            .formatted(expression, MOST_LANES));
        }
        return new LookupFilter(zone, version, tags, all, wanted);
    }

    /** Returns the same filter with the one lane that is chosen among these instances. */
    public LookupFilter chosenAmong(Collection<Instance> instances) {
        if (lanes.size() < 2) {
            return this;
        }
        LookupFilter last = this;
        for (String lane : lanes) {
            last = new LookupFilter(zone, version, tags, all, List.of(lane));
            if (instances.stream().anyMatch(last::accepts)) {
                return last;
            }
        }
        return last;
    }

    private static boolean isOfLane(String lane, Instance instance) {
        return lane.equals(ANY_LANE) || lane.equals(instance.tags().getOrDefault(LANE, BASE));
    }

    /** Returns how many characters it has. */
    int length() {
        int length = (zone == null ? 0 : zone.length()) + (version == null ? 0 : version.length());
        for (Map.Entry<String, String> tag : tags.entrySet()) {
            length += tag.getKey().length() + tag.getValue().length();
        }
        for (String lane : lanes) {
            length += lane.length();
        }
        return length;
    }

    /** Returns whether the answer lists {@code instance}; of several lanes, once {@link #chosenAmong one is chosen}. */
    public boolean accepts(Instance instance) {
        return whyNot(instance) == null;
    }

    /** Returns why the answer does not list {@code instance}, in words for people; null if it does. */
    public @Nullable String whyNot(Instance instance) {
        if (!all && !instance.isCallable()) {
            return "status is " + instance.status();
        }
        if (zone != null && !zone.equals(instance.zone())) {
            return "zone is %s, asked for %s".formatted(instance.zone(), zone);
        }
        if (version != null && !version.equals(instance.version())) {
            return "version is %s, asked for %s".formatted(instance.version(), version);
        }
        for (Map.Entry<String, String> tag : tags.entrySet()) {
            String value = instance.tags().get(tag.getKey());
            if (!tag.getValue().equals(value)) {
                return "tag %s is %s, asked for %s".formatted(tag.getKey(), value, tag.getValue());
            }
        }
        if (!lanes.isEmpty() && !instance.isCallable()) {
            return "status is %s, and a lane is of those that are UP".formatted(instance.status());
        }
        if (!lanes.isEmpty() && lanes.stream().noneMatch(lane -> isOfLane(lane, instance))) {
            return "tag lane is %s, the lane is %s".formatted(instance.tags().get(LANE), String.join("|", lanes));
        }
        return null;
    }
}
