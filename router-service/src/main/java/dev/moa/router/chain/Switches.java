package dev.moa.router.chain;

import dev.moa.router.operator.SharedHash;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Which sources operators have switched off. Reading is one look at a set. */
public final class Switches {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final SharedHash words;
    private volatile Set<String> off = Set.of();

    /**
     * How one switch stands.
     *
     * @param by who said so; null if nobody did
     * @param atMs when; 0 if nobody did
     * @param isShared whether the other routers can know
     */
    public record Position(boolean enabled, @Nullable String by, long atMs, boolean isShared) {}

    public Switches(SharedHash words) {
        this.words = words;
        words.onChange(this::rebuild);
    }

    /** Returns whether the source is asked. */
    public boolean isOn(String source) {
        return !off.contains(source);
    }

    /** Turns a switch, here at once and everywhere when Redis answers. */
    public Position turn(String source, boolean enabled, String by) {
        words.say(
                source,
                atMs -> MAPPER.createObjectNode()
                        .put("enabled", enabled)
                        .put("by", by)
                        .put("atMs", atMs)
                        .toString());
        return position(source);
    }

    /** Returns how the switch stands and who said so. */
    public Position position(String source) {
        SharedHash.Word word = words.get(source);
        if (word == null) {
            return new Position(true, null, 0, true);
        }
        JsonNode json = MAPPER.readTree(word.json());
        return new Position(
                json.path("enabled").asBoolean(true), json.path("by").asString(""), word.atMs(), word.isShared());
    }

    private void rebuild() {
        Map<String, SharedHash.Word> all = new HashMap<>(words.all());
        Set<String> next = new HashSet<>();
        all.keySet().forEach(source -> {
            if (!position(source).enabled()) {
                next.add(source);
            }
        });
        off = Set.copyOf(next);
    }

    /** Reads {@code atMs} of a word. */
    public static long atMs(String json) {
        return MAPPER.readTree(json).path("atMs").asLong(0);
    }
}
