package dev.moa.router.chain;

import dev.moa.router.operator.Author;
import dev.moa.router.operator.SharedHash;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What operators say about the chain: which sources are off, in which order they are asked, and which other order is
 * compared with it for now. Reading is one look at a field.
 */
public final class Switches {
    private static final Logger log = LoggerFactory.getLogger(Switches.class);
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /** Fields beside those of the sources; no source has such a name. */
    private static final String ORDER = "$order";

    private static final String SHADOW = "$shadow";

    private final SharedHash words;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Set<String> off = Set.of();
    private volatile List<String> order = List.of();
    private volatile @Nullable Candidate candidate;

    /**
     * How one switch stands.
     *
     * @param by who said so; null if nobody did
     * @param reason why; null if nobody said
     * @param atMs when; 0 if nobody did
     * @param isShared whether the other routers can know
     */
    public record Position(
            boolean enabled, @Nullable String by, @Nullable String reason, long atMs, boolean isShared) {}

    /**
     * A chain that is tried beside the real one.
     *
     * @param order the sources that it asks, by name, in this order
     * @param overrides what its answer is listed with in addition
     * @param by who wants to know
     * @param reason why; empty where nobody said
     * @param atMs since when
     */
    public record Candidate(List<String> order, List<TriedOverride> overrides, String by, String reason, long atMs) {}

    public Switches(SharedHash words) {
        this.words = words;
        words.onChange(this::rebuild);
    }

    /** Returns whether the source is asked. */
    public boolean isOn(String source) {
        return !off.contains(source);
    }

    /** Turns a switch, here at once and everywhere when Redis answers. */
    public Position turn(String source, boolean enabled, Author author) {
        words.say(source, atMs -> author.sign(MAPPER.createObjectNode().put("enabled", enabled), atMs));
        return position(source);
    }

    /** Adds somebody who runs after anything here has changed; it must not block. */
    void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** Returns the names of the sources in the order in which an operator wants them; empty if none does. */
    public List<String> order() {
        return order;
    }

    /** Sets the order, here at once and everywhere when Redis answers; empty for the order of the design. */
    public Position order(List<String> names, Author author) {
        return said(words.say(ORDER, atMs -> author.sign(order(names), atMs)), author);
    }

    /** Returns who set the order last, or put the usual one back, and why. */
    public Position orderPosition() {
        return position(ORDER);
    }

    /** Returns the order that is compared with the real one; null if none is. */
    public @Nullable Candidate candidate() {
        return candidate;
    }

    /** Compares another order, and overrides behind it, from now on, on all routers; an empty order ends it. */
    public Position candidate(List<String> names, List<TriedOverride> overrides, Author author) {
        return said(
                words.say(SHADOW, atMs -> {
                    ObjectNode word = order(names);
                    word.set("overrides", MAPPER.valueToTree(overrides));
                    return author.sign(word, atMs);
                }),
                author);
    }

    private static Position said(SharedHash.Word word, Author author) {
        return new Position(true, author.name(), author.reason(), word.atMs(), word.isShared());
    }

    private static ObjectNode order(List<String> names) {
        ObjectNode word = MAPPER.createObjectNode();
        ArrayNode list = word.putArray("order");
        names.forEach(list::add);
        return word;
    }

    /** Returns how the switch stands and who said so. */
    public Position position(String source) {
        SharedHash.Word word = words.get(source);
        if (word == null) {
            return new Position(true, null, null, 0, true);
        }
        JsonNode json = MAPPER.readTree(word.json());
        return new Position(
                json.path("enabled").asBoolean(true),
                json.path("by").asString(""),
                json.path("reason").asString(""),
                word.atMs(),
                word.isShared());
    }

    private void rebuild() {
        Set<String> next = new HashSet<>();
        words.all().keySet().stream()
                .filter(name -> !name.startsWith("$") && !position(name).enabled())
                .forEach(next::add);
        off = Set.copyOf(next);
        order = names(words.get(ORDER));
        SharedHash.Word shadow = words.get(SHADOW);
        List<String> compared = names(shadow);
        candidate = shadow == null || compared.isEmpty() ? null : candidate(compared, shadow);
        listeners.forEach(Runnable::run);
    }

    private static @Nullable Candidate candidate(List<String> order, SharedHash.Word word) {
        JsonNode json = MAPPER.readTree(word.json());
        List<TriedOverride> overrides = new ArrayList<>();
        try {
            json.path("overrides").forEach(each -> overrides.add(MAPPER.treeToValue(each, TriedOverride.class)));
        } catch (JacksonException notOurs) {
            // of a router of another version: the switches and the order count all the same
            log.warn("what is tried in the shadow is not tried here: {}", notOurs.getOriginalMessage());
            return null;
        }
        return new Candidate(
                order,
                overrides,
                json.path("by").asString(""),
                json.path("reason").asString(""),
                word.atMs());
    }

    private static List<String> names(SharedHash.@Nullable Word word) {
        List<String> names = new ArrayList<>();
        if (word != null) {
            MAPPER.readTree(word.json()).path("order").forEach(name -> names.add(name.asString("")));
        }
        return List.copyOf(names);
    }

    /** Reads {@code atMs} of a word. */
    public static long atMs(String json) {
        return MAPPER.readTree(json).path("atMs").asLong(0);
    }
}
