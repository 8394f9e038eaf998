package dev.moa.testkit;

import dev.moa.dev.PlatformOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Runs the platform for tests: by the annotation {@link MoaPlatform}, or registered in a static field with
 * {@link #builder}. JUnit's store closes what was started: a class's own platform after the class, a shared one at
 * the end of the run.
 */
public final class MoaExtension implements BeforeAllCallback, ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(MoaExtension.class);

    private final @Nullable Builder builder;
    private @Nullable RunningMoa running;

    /** For JUnit, which makes the extension of an annotated class: the annotation says what to start. */
    public MoaExtension() {
        this.builder = null;
    }

    private MoaExtension(Builder builder) {
        this.builder = builder;
    }

    /** An extension for a static field annotated with {@code @RegisterExtension}. */
    public static Builder builder() {
        return new Builder();
    }

    /** The platform, once the tests of the class run. */
    public RunningMoa moa() {
        RunningMoa current = running;
        if (current == null) {
            throw new IllegalStateException("the platform is not started yet (expected: a static @RegisterExtension)");
        }
        return current;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        Builder wanted = builder != null ? builder : Builder.of(context.getRequiredTestClass());
        Store store = (wanted.isShared ? context.getRoot() : context).getStore(NAMESPACE);
        String key = wanted.isShared ? wanted.key() : "own";
        running = store.computeIfAbsent(key, absent -> wanted.start(), RunningMoa.class);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == RunningMoa.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return moa();
    }

    /** What to start; without a word the whole platform, shared. */
    public static final class Builder {
        private Set<String> apps = Set.of();
        private boolean isStoresOnly;
        private boolean hasKafka = true;
        private boolean hasDemo;
        private boolean isShared = true;
        private Duration startLimit = Duration.ofSeconds(120);
        private final Map<String, Map<String, String>> settings = new LinkedHashMap<>();

        private Builder() {}

        private static Builder of(Class<?> test) {
            for (Class<?> type = test; type != null; type = type.getEnclosingClass()) {
                MoaPlatform annotation = type.getAnnotation(MoaPlatform.class);
                if (annotation != null) {
                    Builder builder = new Builder()
                            .apps(annotation.apps())
                            .hasKafka(annotation.hasKafka())
                            .hasDemo(annotation.hasDemo())
                            .isShared(annotation.isShared())
                            .startLimit(Duration.ofSeconds(annotation.startLimitSeconds()));
                    builder.isStoresOnly = annotation.isStoresOnly();
                    return builder;
                }
            }
            throw new IllegalStateException(
                    "%s: no @MoaPlatform on it (expected: one, or MoaExtension.builder() in a static field)"
                            .formatted(test.getName()));
        }

        /** The apps to start; none: all. */
        public Builder apps(String... names) {
            apps = new LinkedHashSet<>(Arrays.asList(names));
            return this;
        }

        /** Only Redis, and Kafka unless that is left out. */
        public Builder storesOnly() {
            isStoresOnly = true;
            return this;
        }

        public Builder hasKafka(boolean kafka) {
            hasKafka = kafka;
            return this;
        }

        public Builder hasDemo(boolean demo) {
            hasDemo = demo;
            return this;
        }

        /** false: a platform of this class alone, for tests that kill and stop parts. */
        public Builder isShared(boolean shared) {
            isShared = shared;
            return this;
        }

        public Builder startLimit(Duration limit) {
            startLimit = limit;
            return this;
        }

        /** A Spring property of one app, such as {@code router}, beside what it gets anyway. */
        public Builder setting(String app, String name, String value) {
            settings.computeIfAbsent(app, none -> new LinkedHashMap<>()).put(name, value);
            return this;
        }

        public MoaExtension build() {
            return new MoaExtension(this);
        }

        private String key() {
            return "%s %s %s %s %s".formatted(apps, isStoresOnly, hasKafka, hasDemo, settings);
        }

        private RunningMoa start() {
            Path home = Home.find();
            PlatformOptions options = PlatformOptions.of(home)
                    .withRoot(Home.freshRoot())
                    .onRandomPorts()
                    .withKafka(hasKafka)
                    .withDemo(hasDemo)
                    // made caches are used, but no test waits for their making
                    .withStartCaches(false);
            for (Map.Entry<String, Map<String, String>> app : settings.entrySet()) {
                for (Map.Entry<String, String> each : app.getValue().entrySet()) {
                    options = options.withSetting(app.getKey(), each.getKey(), each.getValue());
                }
            }
            if (isStoresOnly) {
                options = options.withApps(Set.of());
            } else if (!apps.isEmpty()) {
                options = options.withApps(apps);
            }
            return RunningMoa.start(options, startLimit);
        }
    }
}
