package dev.moa.registry.watch;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.catalog.InstanceChange;
import dev.moa.registry.catalog.Position;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * A wake-up: {@code <service> <epoch> <revision>}, and where it is short the change itself behind it,
 * {@code <type> <id> <incarnation> <reason> <atMs> <instance>}. It spares whoever knows the revision before it a
 * question to Redis; whoever does not asks.
 *
 * @param position how far the service is with it; null where the message does not say
 * @param words of the change that brought it there; null where it has to be read
 */
record Wake(
        ServiceName service,
        @Nullable Position position,
        @Nullable String words) {
    private static final int HEAD = 3;
    private static final int WORDS = 6;

    /**
     * Returns the service that a wake-up is of, without reading the rest.
     *
     * @throws IllegalArgumentException if it is none of ours
     */
    static ServiceName service(byte[] message) {
        int end = 0;
        while (end < message.length && message[end] != ' ') {
            end++;
        }
        return ServiceName.of(new String(message, 0, end, StandardCharsets.UTF_8));
    }

    /** @throws IllegalArgumentException if it is none of ours */
    static Wake parse(String message) {
        String[] parts = message.split(" ", HEAD + 1);
        ServiceName service = ServiceName.of(parts[0]);
        if (parts.length < HEAD) {
            return of(service);
        }
        return new Wake(
                service, new Position(parts[1], Long.parseLong(parts[2])), parts.length > HEAD ? parts[HEAD] : null);
    }

    /** Returns one that says no more than that something happened. */
    static Wake of(ServiceName service) {
        return new Wake(service, null, null);
    }

    /** Returns the change, or null where it has to be read. */
    @Nullable
    InstanceChange change() {
        String[] parts = words == null ? new String[0] : words.split(" ", WORDS);
        if (position == null || parts.length < WORDS) {
            return null;
        }
        try {
            return InstanceChange.of(position.revision(), parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]);
        } catch (IllegalArgumentException | JacksonException later) {
            return null; // of a newer registry: the stream has what both understand
        }
    }
}
