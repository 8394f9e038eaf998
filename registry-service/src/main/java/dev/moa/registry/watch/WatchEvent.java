package dev.moa.registry.watch;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.moa.protocol.ServiceName;
import dev.moa.registry.catalog.Instance;
import dev.moa.registry.catalog.Position;
import java.util.List;
import java.util.StringJoiner;
import tools.jackson.databind.json.JsonMapper;

/** Something to tell a subscriber. */
public sealed interface WatchEvent {

    /** Returns about how many bytes it will be. */
    default int size() {
        return 64;
    }

    /**
     * What happened to a service: its changes, or where they cannot be told without a gap, all its instances.
     *
     * @param position how far the subscriber knows the service with it
     * @param json the event's data, written once for all subscribers
     */
    record Changed(ServiceName service, Position position, List<ToldChange> changes, String json)
            implements WatchEvent {
        private static final JsonMapper JSON = JsonMapper.builder().build();

        static Changed changes(ServiceName service, Position position, List<ToldChange> changes) {
            String head = "{\"service\":\"" + service + "\",\"epoch\":\"" + position.epoch() + "\",\"revision\":"
                    + position.revision() + ",\"changes\":[";
            StringJoiner json = new StringJoiner(",", head, "]}");
            changes.forEach(change -> json.add(change.json()));
            return new Changed(service, position, changes, json.toString());
        }

        static Changed snapshot(ServiceName service, Position position, List<Instance> instances) {
            Data data = new Data(service.value(), position.epoch(), position.revision(), instances);
            return new Changed(service, position, List.of(), JSON.writeValueAsString(data));
        }

        boolean isSnapshot() {
            return changes.isEmpty();
        }

        @Override
        public int size() {
            return 64 + json.length();
        }
    }

    /** The data of a snapshot; that of changes has {@code changes} in its place. */
    @JsonPropertyOrder({"service", "epoch", "revision", "snapshot"})
    record Data(String service, String epoch, long revision, List<Instance> snapshot) {}

    /** Time to tell the subscriber where it may go on. */
    record Token() implements WatchEvent {}

    /** A sign of life. */
    record Heartbeat() implements WatchEvent {}

    /** The subscriber did not read and is cut off. */
    record Cut(String reason, String todo) implements WatchEvent {}
}
