package dev.moa.dev;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What to start, and where.
 *
 * @param home the directory of the sources, with the packed apps in its modules
 * @param root where this copy writes its data, logs and state; null: {@code .moa} under home, by the offset
 * @param portOffset added to every port; several copies run side by side
 * @param isOnRandomPorts true: every port is a free one of the system's choice, whatever the offset; for tests
 * @param isDemo whether the example services and the load on them are started too
 * @param apps which apps of the platform to start; null: all
 * @param hasKafka whether a Kafka is started or used; without it only parts that need none are of use
 * @param redisUrl an own Redis instead of a child process
 * @param kafkaAddress an own Kafka instead of a child process
 * @param usesStartCaches whether start-up caches are made (once) and used
 * @param settings Spring properties of apps beside what they get anyway, by the app's name
 */
public record PlatformOptions(
        Path home,
        @Nullable Path root,
        int portOffset,
        boolean isOnRandomPorts,
        boolean isDemo,
        @Nullable Set<String> apps,
        boolean hasKafka,
        @Nullable String redisUrl,
        @Nullable String kafkaAddress,
        boolean usesStartCaches,
        Map<String, Map<String, String>> settings) {

    public PlatformOptions {
        if (portOffset < 0 || portOffset > 40_000) {
            throw new IllegalArgumentException("port offset: %d (expected: 0 to 40000)".formatted(portOffset));
        }
        if (redisUrl != null && !redisUrl.matches("rediss?://.+")) {
            throw new IllegalArgumentException(
                    "--redis: %s (expected: redis://[user:password@]host:port)".formatted(redisUrl));
        }
        if (kafkaAddress != null && !kafkaAddress.matches("[^:/\\s]+:\\d+(,[^:/\\s]+:\\d+)*")) {
            throw new IllegalArgumentException("--kafka: %s (expected: host:port[,host:port])".formatted(kafkaAddress));
        }
    }

    /** The whole platform of {@code home} on its usual ports. */
    public static PlatformOptions of(Path home) {
        return new PlatformOptions(home, null, 0, false, false, null, true, null, null, true, Map.of());
    }

    public PlatformOptions withRoot(Path newRoot) {
        return with(edit -> edit.root = newRoot);
    }

    public PlatformOptions withPortOffset(int offset) {
        return with(edit -> edit.portOffset = offset);
    }

    public PlatformOptions onRandomPorts() {
        return with(edit -> edit.isOnRandomPorts = true);
    }

    public PlatformOptions withDemo(boolean demo) {
        return with(edit -> edit.isDemo = demo);
    }

    public PlatformOptions withApps(Set<String> names) {
        return with(edit -> edit.apps = names);
    }

    public PlatformOptions withKafka(boolean kafka) {
        return with(edit -> edit.hasKafka = kafka);
    }

    public PlatformOptions withOwnRedis(@Nullable String url) {
        return with(edit -> edit.redisUrl = url);
    }

    public PlatformOptions withOwnKafka(@Nullable String address) {
        return with(edit -> edit.kafkaAddress = address);
    }

    public PlatformOptions withStartCaches(boolean caches) {
        return with(edit -> edit.usesStartCaches = caches);
    }

    /** Gives an app of the platform one Spring property more. */
    public PlatformOptions withSetting(String app, String name, String value) {
        Map<String, Map<String, String>> more = new LinkedHashMap<>(settings);
        Map<String, String> ofApp = new LinkedHashMap<>(more.getOrDefault(app, Map.of()));
        ofApp.put(name, value);
        more.put(app, ofApp);
        return with(edit -> edit.settings = more);
    }

    private PlatformOptions with(Consumer<Edit> change) {
        Edit edit = new Edit(this);
        change.accept(edit);
        return edit.done();
    }

    /** The options while one of them is changed. */
    private static final class Edit {
        private final Path home;
        private @Nullable Path root;
        private int portOffset;
        private boolean isOnRandomPorts;
        private boolean isDemo;
        private @Nullable Set<String> apps;
        private boolean hasKafka;
        private @Nullable String redisUrl;
        private @Nullable String kafkaAddress;
        private boolean usesStartCaches;
        private Map<String, Map<String, String>> settings;

        Edit(PlatformOptions from) {
            home = from.home;
            root = from.root;
            portOffset = from.portOffset;
            isOnRandomPorts = from.isOnRandomPorts;
            isDemo = from.isDemo;
            apps = from.apps;
            hasKafka = from.hasKafka;
            redisUrl = from.redisUrl;
            kafkaAddress = from.kafkaAddress;
            usesStartCaches = from.usesStartCaches;
            settings = from.settings;
        }

        PlatformOptions done() {
            return new PlatformOptions(
                    home,
                    root,
                    portOffset,
                    isOnRandomPorts,
                    isDemo,
                    apps,
                    hasKafka,
                    redisUrl,
                    kafkaAddress,
                    usesStartCaches,
                    settings);
        }
    }
}
