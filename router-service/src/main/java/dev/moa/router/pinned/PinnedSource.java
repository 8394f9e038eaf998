package dev.moa.router.pinned;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.ServiceName;
import dev.moa.router.address.AddressSource;
import dev.moa.router.address.Finding;
import dev.moa.router.address.Instance;
import dev.moa.router.address.InstanceJson;
import dev.moa.router.address.LookupFilter;
import dev.moa.router.address.ServiceState;
import dev.moa.router.address.ServiceView;
import dev.moa.router.operator.Author;
import dev.moa.router.operator.SharedHash;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An operator's answer for a whole service, until it ends or the operator takes it back. It stands before all others.
 *
 * <p>Each router ends it by its own clock, which goes on as the machine's was at the router's start.
 */
public final class PinnedSource implements AddressSource {
    private static final Logger log = LoggerFactory.getLogger(PinnedSource.class);
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /** Instances of one pinned answer. */
    public static final int MAX_INSTANCES = 1_000;

    /** How long one may stand at most, if it ends. */
    private static final Duration LONGEST = Duration.ofDays(365);

    private static final long NEVER = Long.MAX_VALUE;

    private final SharedHash words;
    private final Clock clock;
    private volatile Map<ServiceName, Pin> pins = Map.of();
    // when the words are read again because one ends; guarded by this
    private long wakesAtMs = NEVER;

    private record Pin(ServiceView view, JsonNode word, long endsAtMs) {}

    /**
     * A pinned answer, for people.
     *
     * @param instances as the operator gave them
     * @param callable how many of them can be called
     * @param atMs since when
     * @param expiresAtMs when it ends by itself; null for never
     * @param shared whether the other routers can know of it
     */
    public record Answer(
            String service,
            JsonNode instances,
            long callable,
            String by,
            String reason,
            long atMs,
            @Nullable Long expiresAtMs,
            boolean shared) {}

    public PinnedSource(SharedHash words, Clock clock) {
        this.words = words;
        this.clock = clock;
        words.onChange(this::rebuild);
    }

    /**
     * Answers for {@code service} with exactly these instances from now on.
     *
     * @param instances objects with {@code host} and {@code port}, as in an answer
     * @param standsFor how long; null until it is taken back
     * @throws IllegalArgumentException if one is not an instance, there are too many, or the time is not one
     */
    public SharedHash.Word pin(ServiceName service, JsonNode instances, @Nullable Duration standsFor, Author author) {
        if (!instances.isArray() || instances.size() > MAX_INSTANCES) {
            throw new IllegalArgumentException("instances: %s (expected: an array of at most %d objects)"
                    .formatted(instances.isArray() ? instances.size() + " of them" : "not an array", MAX_INSTANCES));
        }
        instances.forEach(PinnedRules::check);
        if (standsFor != null && (standsFor.toSeconds() < 1 || standsFor.compareTo(LONGEST) > 0)) {
            throw new IllegalArgumentException("expiresSeconds: %d (expected: 1 to %d, or absent for never)"
                    .formatted(standsFor.toSeconds(), LONGEST.toSeconds()));
        }
        return words.say(service.value(), atMs -> {
            ObjectNode word = MAPPER.createObjectNode();
            word.set("instances", instances);
            if (standsFor != null) {
                word.put("expiresAtMs", atMs + standsFor.toMillis());
            }
            return author.sign(word, atMs);
        });
    }

    /** Takes the answer back. */
    public SharedHash.Word unpin(ServiceName service, Author author) {
        // kept as a word of its own: a router that was away must not bring the old one back
        return words.say(
                service.value(), atMs -> author.sign(MAPPER.createObjectNode().put("deleted", true), atMs));
    }

    @Override
    public Set<ServiceName> services() {
        return pins.keySet();
    }

    /** Returns what is pinned for the service, by whom and why; null if nothing is. */
    public @Nullable Answer answer(ServiceName service) {
        Pin pin = pins.get(service);
        if (pin == null || hasEnded(pin)) {
            return null;
        }
        SharedHash.Word word = words.get(service.value());
        return new Answer(
                service.value(),
                pin.word.path("instances"),
                pin.view.count(LookupFilter.CALLABLE),
                pin.word.path("by").asString(""),
                pin.word.path("reason").asString(""),
                pin.view.state().revision(),
                pin.endsAtMs == NEVER ? null : pin.endsAtMs,
                word != null && word.isShared());
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
        Pin pin = pins.get(service);
        return pin == null || hasEnded(pin)
                ? new Finding.Passed("no operator has pinned it")
                : new Finding.Answered(pin.view, 0);
    }

    private boolean hasEnded(Pin pin) {
        return pin.endsAtMs != NEVER && clock.millis() >= pin.endsAtMs;
    }

    private synchronized void rebuild() {
        Map<ServiceName, Pin> next = new HashMap<>();
        words.all().forEach((name, word) -> {
            try {
                Pin pin = read(name, word);
                if (pin != null && !hasEnded(pin)) {
                    next.put(pin.view.service(), pin);
                }
            } catch (RuntimeException e) {
                log.warn("pinned answer of {} is ignored: {}", name, e.toString());
            }
        });
        pins = next;
        wakeForTheNextEnd(next);
    }

    private static @Nullable Pin read(String name, SharedHash.Word word) {
        JsonNode json = MAPPER.readTree(word.json());
        if (json.path("deleted").asBoolean(false)) {
            return null;
        }
        ServiceName service = ServiceName.of(name);
        List<Instance> instances = new ArrayList<>();
        ArrayNode list = (ArrayNode) json.path("instances");
        list.forEach(instance -> instances.add(InstanceJson.read(instance).speakingAllUnlessSaid()));
        return new Pin(
                ServiceView.marked(ServiceState.of(service, "pinned", word.atMs(), instances)),
                json,
                json.path("expiresAtMs").asLong(NEVER));
    }

    /** Whoever waits for news hears that one has ended, as of any change. */
    private void wakeForTheNextEnd(Map<ServiceName, Pin> standing) {
        long now = clock.millis();
        long first = standing.values().stream().mapToLong(Pin::endsAtMs).min().orElse(NEVER);
        if (now >= wakesAtMs) {
            wakesAtMs = NEVER;
        }
        if (first < wakesAtMs) {
            wakesAtMs = first;
            words.tellAgainIn(Duration.ofMillis(first - now));
        }
    }
}
