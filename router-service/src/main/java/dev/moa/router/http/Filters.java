package dev.moa.router.http;

import dev.moa.router.address.LookupFilter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads which instances a client asks for. */
final class Filters {
    private Filters() {}

    static LookupFilter of(
            @Nullable String zone,
            @Nullable String version,
            @Nullable List<String> tags,
            @Nullable String lane,
            boolean all) {
        Map<String, String> wanted = new HashMap<>();
        for (String tag : tags == null ? List.<String>of() : tags) {
            int colon = tag.indexOf(':');
            if (colon < 1) {
                throw new IllegalArgumentException("tag: '%s' (expected: name:value)".formatted(tag));
            }
            wanted.put(tag.substring(0, colon), tag.substring(colon + 1));
        }
        return new LookupFilter(zone, version, wanted, all).ofLanes(lane);
    }
}
