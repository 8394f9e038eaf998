package dev.moa.dev;

import dev.moa.dev.parts.Layout;
import dev.moa.dev.process.ProcessIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a running copy of the platform says of itself in {@code .moa/run/state.json}: for {@code ./moa status} and
 * {@code ./moa down}, which are other processes, and for tools.
 *
 * @param pid the launcher that watches the parts
 * @param pidStartedAtMs when that process began
 * @param javaHome the Java that the parts run on
 * @param redis version of the Redis that was started, or the address of an own one
 * @param kafka likewise
 * @param healthyMs how long it took until all was healthy; 0 before
 * @param message why it failed, or empty
 * @param ports all ports of the parts that were started
 */
public record PlatformState(
        long pid,
        long pidStartedAtMs,
        Phase phase,
        int portOffset,
        String java,
        String javaHome,
        String redis,
        String kafka,
        long healthyMs,
        String message,
        Map<String, Integer> ports,
        List<Part> parts) {

    /** Where the whole is. */
    public enum Phase {
        STARTING,
        RUNNING,
        FAILED,
        STOPPING
    }

    /** One part; {@code url} is where people or programs reach it. */
    public record Part(
            String name,
            String status,
            long pid,
            long pidStartedAtMs,
            int restarts,
            long readyMs,
            String detail,
            String url,
            @Nullable Integer moaPort,
            String log) {}

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** The state of the copy that writes there; empty if none was started or it was stopped. */
    public static Optional<PlatformState> read(Layout layout) {
        Path file = layout.stateFile();
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(Files.readAllBytes(file), PlatformState.class));
        } catch (IOException | JacksonException unreadable) {
            return Optional.empty();
        }
    }

    /** Replaces the file in one step: a reader sees the state before or the one after. */
    public void write(Layout layout) {
        try {
            Files.createDirectories(layout.run());
            Path next = layout.run().resolve("state.json.next");
            Files.write(next, JSON.writeValueAsBytes(this));
            Files.move(next, layout.stateFile(), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write %s: %s".formatted(layout.stateFile(), e.getMessage()), e);
        }
    }

    public String toJson() {
        return JSON.writeValueAsString(this);
    }

    /** The launcher, if it still runs. */
    public Optional<ProcessHandle> launcher() {
        return ProcessIdentity.find(pid, pidStartedAtMs);
    }

    /** The processes of the parts that still run. */
    public List<ProcessHandle> running() {
        return parts.stream()
                .flatMap(part -> ProcessIdentity.find(part.pid(), part.pidStartedAtMs()).stream())
                .toList();
    }
}
