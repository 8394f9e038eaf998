package dev.moa.router.pinned;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.ServiceName;
import dev.moa.router.address.AddressSource;
import dev.moa.router.address.Finding;
import dev.moa.router.address.Instance;
import dev.moa.router.address.InstanceJson;
import dev.moa.router.address.ServiceState;
import dev.moa.router.address.ServiceView;
import dev.moa.router.operator.Author;
import dev.moa.router.operator.SharedHash;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** An operator's answer for a whole service, until the operator takes it back. It stands before all others. */
public final class PinnedSource implements AddressSource {
    private static final Logger log = LoggerFactory.getLogger(PinnedSource.class);
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /** Instances of one pinned answer. */
    public static final int MAX_INSTANCES = 1_000;

    private final SharedHash words;
    private volatile Map<ServiceName, ServiceView> views = Map.of();

    public PinnedSource(SharedHash words) {
        this.words = words;
        words.onChange(this::rebuild);
    }

    /**
     * Answers for {@code service} with exactly these instances from now on.
     *
     * @param instances objects with {@code host} and {@code port}, as in an answer
     * @throws IllegalArgumentException if one is not an instance, or there are too many
     */
    public SharedHash.Word pin(ServiceName service, JsonNode instances, Author author) {
        if (!instances.isArray() || instances.size() > MAX_INSTANCES) {
            throw new IllegalArgumentException("instances: %s (expected: an array of at most %d objects)"
                    .formatted(instances.isArray() ? instances.size() + " of them" : "not an array", MAX_INSTANCES));
        }
        instances.forEach(InstanceJson::read);
        return words.say(service.value(), atMs -> {
            ObjectNode word = MAPPER.createObjectNode();
            word.set("instances", instances);
            return author.sign(word, atMs);
        });
    }

    /** Takes the answer back. */
    public SharedHash.Word unpin(ServiceName service, Author author) {
        // kept as a word of its own: a router that was away must not bring the old one back
        return words.say(
                service.value(), atMs -> author.sign(MAPPER.createObjectNode().put("deleted", true), atMs));
    }

    /** Returns the names of the services that are pinned. */
    public Set<ServiceName> services() {
        return views.keySet();
    }

    @Override
    public String name() {
        return "pinned";
    }

    @Override
    public String description() {
        return "an operator's answer for a whole service";
    }

    @Override
    public boolean isImmediate() {
        return true;
    }

    @Override
    public Finding find(ServiceName service, Deadline deadline) {
        ServiceView view = views.get(service);
        return view == null ? new Finding.Passed("no operator has pinned it") : new Finding.Answered(view, 0);
    }

    private void rebuild() {
        Map<ServiceName, ServiceView> next = new HashMap<>();
        words.all().forEach((name, word) -> {
            try {
                JsonNode json = MAPPER.readTree(word.json());
                if (!json.path("deleted").asBoolean(false)) {
                    ServiceName service = ServiceName.of(name);
                    List<Instance> instances = new ArrayList<>();
                    ArrayNode list = (ArrayNode) json.path("instances");
                    list.forEach(instance -> instances.add(InstanceJson.read(instance)));
                    next.put(service, ServiceView.marked(ServiceState.of(service, "pinned", word.atMs(), instances)));
                }
            } catch (RuntimeException e) {
                log.warn("pinned answer of {} is ignored: {}", name, e.toString());
            }
        });
        views = next;
    }
}
