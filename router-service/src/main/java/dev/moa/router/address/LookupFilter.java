package dev.moa.router.address;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which instances of a service an answer lists.
 *
 * @param zone only of this zone; null means any
 * @param version only of this version; null means any
 * @param tags only those that have all of these
 * @param all also those that cannot be called now
 */
public record LookupFilter(@Nullable String zone, @Nullable String version, Map<String, String> tags, boolean all) {

    /** Every instance that can be called. */
    public static final LookupFilter CALLABLE = new LookupFilter(null, null, Map.of(), false);

    /** Every instance, with its status. */
    public static final LookupFilter ALL = new LookupFilter(null, null, Map.of(), true);

    public LookupFilter {
        tags = Map.copyOf(tags);
    }

    /** Returns how many characters it has. */
    int length() {
        int length = (zone == null ? 0 : zone.length()) + (version == null ? 0 : version.length());
        for (Map.Entry<String, String> tag : tags.entrySet()) {
            length += tag.getKey().length() + tag.getValue().length();
        }
        return length;
    }

    /** Returns whether the answer lists {@code instance}. */
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
        return null;
    }
}
