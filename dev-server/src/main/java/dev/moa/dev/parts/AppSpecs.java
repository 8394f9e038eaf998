package dev.moa.dev.parts;

import dev.moa.dev.jdk.Jdk;
import dev.moa.dev.process.ChildSpec;
import dev.moa.dev.process.HealthCheck;
import dev.moa.dev.process.Probes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Turns an app of the list into the command that runs it here. */
public final class AppSpecs {
    private final Layout layout;
    private final Jdk jdk;
    private final Addresses addresses;
    private final AppImages images;
    private final StartCaches caches;

    public AppSpecs(Layout layout, Jdk jdk, Addresses addresses) {
        this.layout = layout;
        this.jdk = jdk;
        this.addresses = addresses;
        this.images = new AppImages(layout, jdk);
        this.caches = new StartCaches(layout, jdk);
    }

    /** Whether the app has its start-up cache; false also means that it should be trained. */
    public boolean isTrained(AppPart part) {
        return Files.exists(caches.file(part.name(), images.jar(part.module()), flags(part)));
    }

    public boolean isKafkaTrained() {
        return Files.exists(caches.kafkaFile()) || !StartCaches.canCacheKafka();
    }

    public ChildSpec kafka(int port, int controllerPort, boolean isTraining) {
        if (isTraining) {
            caches.forgetOtherKafkaFiles();
        }
        List<String> cache = StartCaches.canCacheKafka() ? caches.flags(caches.kafkaFile(), isTraining) : List.of();
        return KafkaPart.spec(layout, port, controllerPort, jdk, cache, isTraining);
    }

    public ChildSpec app(AppPart part, boolean isTraining) {
        Path jar = images.jar(part.module());
        List<String> command = new ArrayList<>();
        command.add(jdk.java().toString());
        List<String> flags = flags(part);
        command.addAll(flags);
        command.addAll(caches.flags(caches.file(part.name(), jar, flags), isTraining));
        String mainClass = part.mainClass();
        if (mainClass == null) {
            command.addAll(List.of("-jar", jar.toString()));
        } else {
            command.addAll(List.of("-cp", jar.toString(), mainClass));
        }
        part.ports().keySet().forEach(port -> {
            int number = addresses.port(part.name(), port);
            if (port.equals("http")) {
                command.add("--server.port=" + number);
            } else if (port.equals("moa")) {
                command.add("--moa.server.port=" + number);
            }
        });
        part.settings().forEach((name, value) -> command.add("--%s=%s".formatted(name, addresses.fill(value))));
        part.arguments().forEach(argument -> command.add(addresses.fill(argument)));
        return new ChildSpec(
                part.name(),
                command,
                layout.data(part.name()),
                Map.of("MALLOC_ARENA_MAX", "2"),
                layout.log(part.name()),
                health(part),
                Duration.ofSeconds(isTraining ? 90 : 15));
    }

    private List<String> flags(AppPart part) {
        List<String> flags = new ArrayList<>(JvmFlags.app(jdk, part.heap()));
        flags.addAll(part.jvmFlags());
        return flags;
    }

    private HealthCheck health(AppPart part) {
        if (part.ports().containsKey("http")) {
            return Probes.http("127.0.0.1", addresses.port(part.name(), "http"), "/actuator/health");
        }
        if (part.ports().containsKey("moa")) {
            return Probes.redis("127.0.0.1", addresses.port(part.name(), "moa"));
        }
        return HealthCheck.alive();
    }
}
