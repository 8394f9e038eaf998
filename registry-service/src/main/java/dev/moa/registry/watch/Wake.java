package dev.moa.registry.watch;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.catalog.ChangeReason;
import dev.moa.registry.catalog.InstanceChange;
import dev.moa.registry.catalog.Position;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

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
    static ServiceName service(String message) {
        int end = message.indexOf(' ');
        return ServiceName.of(end < 0 ? message : message.substring(0, end));
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

    /**
     * The change that a wake-up carries.
     *
     * @param instance its JSON as it stands in Redis; empty when it was removed
     */
    record Change(String id, String instance, ToldChange told) {}

    /** Returns the change, or null where it has to be read. */
    @Nullable
    Change change() {
        String[] parts = words == null ? new String[0] : words.split(" ", WORDS);
        if (position == null || parts.length < WORDS) {
            return null;
        }
        String id = parts[1];
        String instance = parts[5];
        try {
            InstanceChange.Type type = InstanceChange.Type.valueOf(parts[0]);
            long incarnation = Long.parseLong(parts[2]);
            ChangeReason reason = ChangeReason.parse(parts[3]);
            long atMs = Long.parseLong(parts[4]);
            boolean isWhole = type == InstanceChange.Type.REMOVED
                    ? instance.isEmpty()
                    : instance.startsWith("{\"incarnation\":" + incarnation + ",") && instance.endsWith("}");
            return isWhole && isPlain(id)
                    ? new Change(id, instance, told(type, id, incarnation, reason, atMs, instance))
                    : null;
        } catch (IllegalArgumentException later) {
            return null; // of a newer registry: the stream has what both understand
        }
    }

    // the parts are in the message already; to read them and write them again takes longer than all else here
    private ToldChange told(
            InstanceChange.Type type, String id, long incarnation, ChangeReason reason, long atMs, String instance) {
        long revision = Objects.requireNonNull(position).revision();
        String json = new StringBuilder(instance.length() + 160)
                .append("{\"revision\":")
                .append(revision)
                .append(",\"type\":\"")
                .append(type)
                .append("\",\"id\":\"")
                .append(id)
                .append("\",\"incarnation\":")
                .append(incarnation)
                .append(",\"reason\":\"")
                .append(reason.word())
                .append("\",\"atMs\":")
                .append(atMs)
                .append(",\"instance\":")
                .append(instance.isEmpty() ? "null" : instance)
                .append('}')
                .toString();
        return new ToldChange(revision, atMs, json);
    }

    private static boolean isPlain(String id) {
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if (c < ' ' || c == '"' || c == '\\') {
                return false;
            }
        }
        return true;
    }
}
