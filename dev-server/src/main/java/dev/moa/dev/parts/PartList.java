package dev.moa.dev.parts;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The apps that the platform and the demo are made of, read from {@code parts.properties}. Properties and not JSON:
 * the launcher starts the first child before it has loaded a JSON library.
 *
 * @param apps the platform, in the order of its start
 * @param demo the example services and the load on them
 */
public record PartList(List<AppPart> apps, List<AppPart> demo) {

    /** The list that is packed with the launcher. */
    public static PartList standard() {
        try (InputStream in = PartList.class.getResourceAsStream("parts.properties")) {
            if (in == null) {
                throw new IllegalStateException("parts.properties is missing from the launcher's jar; build it again");
            }
            Properties properties = new Properties();
            properties.load(new InputStreamReader(in, StandardCharsets.UTF_8));
            return parse(properties);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read parts.properties", e);
        }
    }

    static PartList parse(Properties properties) {
        return new PartList(parts(properties, "apps"), parts(properties, "demo"));
    }

    /** All of them, the platform first. */
    public List<AppPart> all() {
        List<AppPart> all = new ArrayList<>(apps);
        all.addAll(demo);
        return all;
    }

    private static List<AppPart> parts(Properties properties, String list) {
        List<AppPart> parts = new ArrayList<>();
        for (String name : properties.getProperty(list, "").split("\\s+")) {
            if (!name.isBlank()) {
                parts.add(part(properties, name));
            }
        }
        return List.copyOf(parts);
    }

    private static AppPart part(Properties properties, String name) {
        String module = properties.getProperty(name + ".module");
        if (module == null) {
            throw new IllegalArgumentException(
                    "parts.properties: %s.module is missing (expected: a Maven module)".formatted(name));
        }
        Map<String, Integer> ports = new LinkedHashMap<>();
        below(properties, name + ".port.").forEach((port, value) -> ports.put(port, Integer.parseInt(value)));
        Map<String, String> settings = below(properties, "every.set.");
        settings.putAll(below(properties, name + ".set."));
        if (!ports.containsKey("http")) {
            settings.remove("server.address");
        }
        return new AppPart(
                name,
                module,
                properties.getProperty(name + ".main"),
                ports,
                properties.getProperty(name + ".heap", properties.getProperty("every.heap", "128m")),
                words(properties, name + ".jvm"),
                settings,
                words(properties, name + ".args"));
    }

    private static List<String> words(Properties properties, String key) {
        return Stream.of(properties.getProperty(key, "").split("\\s+"))
                .filter(word -> !word.isBlank())
                .toList();
    }

    private static Map<String, String> below(Properties properties, String prefix) {
        Map<String, String> found = new LinkedHashMap<>();
        for (String key : new TreeSet<>(properties.stringPropertyNames())) {
            if (key.startsWith(prefix)) {
                found.put(
                        key.substring(prefix.length()),
                        properties.getProperty(key).strip());
            }
        }
        return found;
    }
}
