package dev.moa.registry.http;

import dev.moa.registry.Refusal;
import dev.moa.registry.catalog.Instance;
import dev.moa.registry.catalog.InstanceStatus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which instances a list has.
 *
 * @param zone only of this zone; null for any
 * @param version only of this version; null for any
 * @param status only of this status; null for any
 * @param tags only those with all of these, each {@code name:value}, or {@code name} for any value
 * @param lanes of the instances that are UP those of the first lane that has any, for example {@code blue|base}; {@code
 *     base} are those without the tag lane, {@code *} are all; empty for no choice
 */
record InstanceFilter(
        @Nullable String zone,
        @Nullable String version,
        @Nullable InstanceStatus status,
        List<String> tags,
        List<String> lanes) {
    private static final int MOST = 32;
    private static final String LANE = "lane";
    private static final String BASE = "base";

    static InstanceFilter of(
            @Nullable String zone,
            @Nullable String version,
            @Nullable String status,
            @Nullable List<String> tags,
            @Nullable String lane) {
        List<String> wantedTags = tags == null ? List.of() : List.copyOf(tags);
        List<String> lanes = lane == null || lane.isBlank()
                ? List.of()
                : Arrays.stream(lane.split("\\|", -1)).map(String::strip).toList();
        if (wantedTags.size() > MOST || lanes.size() > MOST || lanes.contains("")) {
            throw Refusal.invalid(
                    "lane or tag",
                    lane == null ? wantedTags.size() + " tags" : lane,
                    "at most %d, lanes like blue|base".formatted(MOST),
                    "name the lanes in the order in which they are to be tried, with | between them");
        }
        return new InstanceFilter(zone, version, status(status), wantedTags, lanes);
    }

    private static @Nullable InstanceStatus status(@Nullable String status) {
        if (status == null) {
            return null;
        }
        for (InstanceStatus each : InstanceStatus.values()) {
            if (each.name().equals(status)) {
                return each;
            }
        }
        throw Refusal.invalid(
                "status", status, "one of " + Arrays.toString(InstanceStatus.values()), "send one of these words");
    }

    /** Returns those of {@code all} that the list has, in their order. */
    List<Instance> choose(List<Instance> all) {
        List<Instance> chosen = all.stream().filter(this::accepts).toList();
        if (lanes.isEmpty()) {
            return chosen;
        }
        List<Instance> up = chosen.stream()
                .filter(each -> each.status() == InstanceStatus.UP)
                .toList();
        for (String lane : lanes) {
            List<Instance> ofLane = new ArrayList<>();
            for (Instance each : up) {
                if (lane.equals("*") || lane.equals(each.tags().getOrDefault(LANE, BASE))) {
                    ofLane.add(each);
                }
            }
            if (!ofLane.isEmpty()) {
                return ofLane;
            }
        }
        return List.of();
    }

    private boolean accepts(Instance instance) {
        return (zone == null || zone.equals(instance.zone()))
                && (version == null || version.equals(instance.version()))
                && (status == null || status == instance.status())
                && tags.stream().allMatch(tag -> hasTag(instance, tag));
    }

    private static boolean hasTag(Instance instance, String tag) {
        int colon = tag.indexOf(':');
        return colon < 0
                ? instance.tags().containsKey(tag)
                : tag.substring(colon + 1).equals(instance.tags().get(tag.substring(0, colon)));
    }
}
