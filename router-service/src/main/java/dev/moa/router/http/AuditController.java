package dev.moa.router.http;

import dev.moa.router.operator.Said;
import dev.moa.router.operator.SharedHash;
import io.swagger.v3.oas.annotations.Operation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code GET /v1/audit}: what operators said to the routers, by all of them. */
@RestController
class AuditController {
    private static final int MAX_LIMIT = 1_000;

    /** Addresses of one pinned answer that are named; of more only the number is. */
    private static final int MAX_NAMED = 5;

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final SharedHash sources;
    private final SharedHash pinned;

    AuditController(SharedHash sourceSwitches, SharedHash pinnedAnswers) {
        this.sources = sourceSwitches;
        this.pinned = pinnedAnswers;
    }

    /**
     * @param action switch-on, switch-off, order, shadow, shadow-end, pin or unpin
     * @param service of a pinned answer; null where it is about all services
     * @param source that was switched, or null
     * @param detail what exactly
     */
    record Entry(
            long atMs,
            String author,
            String action,
            @Nullable String service,
            @Nullable String source,
            String reason,
            String detail) {}

    /** The newest first. */
    record Page(List<Entry> entries) {}

    @Operation(
            summary = "Returns what operators said to the routers, the newest first",
            description = "Switches, orders, trials and pinned answers of all routers; about the last 1,000 of each.")
    @GetMapping("/v1/audit")
    Page audit(@RequestParam(defaultValue = "100") int limit) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("limit: %d (expected: 1 to %d)".formatted(limit, MAX_LIMIT));
        }
        List<Entry> entries = new ArrayList<>();
        sources.said(limit).forEach(said -> entries.add(source(said)));
        pinned.said(limit).forEach(said -> entries.add(pin(said)));
        entries.sort(Comparator.comparingLong(Entry::atMs).reversed());
        return new Page(entries.stream().limit(limit).toList());
    }

    private static Entry source(Said said) {
        JsonNode word = MAPPER.readTree(said.json());
        return switch (said.field()) {
            case "$order" -> entry(word, "order", null, null, order(word).isEmpty() ? "the usual order" : order(word));
            case "$shadow" -> entry(word, order(word).isEmpty() ? "shadow-end" : "shadow", null, null, tried(word));
            default -> {
                boolean isOn = word.path("enabled").asBoolean(true);
                yield entry(word, isOn ? "switch-on" : "switch-off", null, said.field(), said.field());
            }
        };
    }

    /** Returns the order in words; empty where there is none. Of a word that was long only the number is known. */
    private static String order(JsonNode word) {
        if (word.path("order").isInt()) {
            return word.path("order").intValue() + " sources";
        }
        List<String> names = new ArrayList<>();
        word.path("order").forEach(name -> names.add(name.asString("")));
        return String.join(", ", names);
    }

    private static String tried(JsonNode word) {
        JsonNode overrides = word.path("overrides");
        return overrides.isEmpty() && !overrides.isInt() ? order(word) : order(word) + "; overrides " + overrides;
    }

    private static Entry pin(Said said) {
        JsonNode word = MAPPER.readTree(said.json());
        boolean isTakenBack = word.path("deleted").asBoolean(false);
        return entry(word, isTakenBack ? "unpin" : "pin", said.field(), null, isTakenBack ? "" : pinned(word));
    }

    private static String pinned(JsonNode word) {
        JsonNode instances = word.path("instances");
        StringBuilder words = new StringBuilder();
        words.append(instances.isInt() ? instances.intValue() : instances.size())
                .append(" instances");
        if (instances.isArray() && !instances.isEmpty() && instances.size() <= MAX_NAMED) {
            String separator = ": ";
            for (JsonNode each : instances) {
                words.append(separator)
                        .append(each.path("host").asString(""))
                        .append(':')
                        .append(each.path("port").asInt(0));
                separator = ", ";
            }
        }
        long endsAtMs = word.path("expiresAtMs").asLong(0);
        return endsAtMs == 0
                ? words.toString()
                : words.append("; until ")
                        .append(Instant.ofEpochMilli(endsAtMs))
                        .toString();
    }

    private static Entry entry(
            JsonNode word, String action, @Nullable String service, @Nullable String source, String detail) {
        return new Entry(
                word.path("atMs").asLong(0),
                word.path("by").asString(""),
                action,
                service,
                source,
                word.path("reason").asString(""),
                detail);
    }
}
