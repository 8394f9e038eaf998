package dev.moa.dev.parts;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The addresses of one running copy of the platform by name: {@code registry.http} is a port, {@code redis.url} and
 * {@code kafka.address} are what clients of these take. Fills them into settings written with <code>${…}</code>.
 */
public final class Addresses {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([a-z0-9.-]+)}");

    private final Map<String, String> values = new LinkedHashMap<>();

    public void put(String name, String value) {
        values.put(name, value);
    }

    public String get(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException(
                    "${%s}: no such address (expected: one of %s)".formatted(name, String.join(", ", values.keySet())));
        }
        return value;
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    public int port(String part, String port) {
        return Integer.parseInt(get(part + "." + port));
    }

    String fill(String text) {
        Matcher matcher = PLACEHOLDER.matcher(text);
        StringBuilder filled = new StringBuilder();
        while (matcher.find()) {
            matcher.appendReplacement(filled, Matcher.quoteReplacement(get(matcher.group(1))));
        }
        return matcher.appendTail(filled).toString();
    }
}
