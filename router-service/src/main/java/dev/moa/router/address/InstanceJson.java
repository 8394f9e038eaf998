package dev.moa.router.address;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Instances as JSON: read as the registry, an operator or a snapshot wrote them, written as answers list them. */
public final class InstanceJson {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private InstanceJson() {}

    /** @throws IllegalArgumentException if {@code json} is not an instance; says what was expected */
    public static Instance read(String json) {
        JsonNode node;
        try {
            node = MAPPER.readTree(json);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("instance: not JSON (expected: an object with host and port)", e);
        }
        return read(node);
    }

    /** @throws IllegalArgumentException if {@code node} is not an instance; says what was expected */
    public static Instance read(JsonNode node) {
        if (!node.isObject()) {
            throw new IllegalArgumentException("instance: not an object (expected: an object with host and port)");
        }
        String host = text(node, "host");
        if (host == null || host.isBlank() || host.length() > 255) {
            throw new IllegalArgumentException("instance.host: '%s' (expected: 1 to 255 characters)".formatted(host));
        }
        int port = node.path("port").asInt(0);
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("instance.port: %d (expected: 1 to 65535)".formatted(port));
        }
        String id = text(node, "id");
        return new Instance(
                id == null ? host + ":" + port : id,
                node.path("incarnation").asLong(0),
                host,
                port,
                strings(node.path("protocols")),
                node.path("weight").asInt(100),
                text(node, "zone"),
                text(node, "version"),
                map(node.path("tags")),
                map(node.path("metadata")),
                status(text(node, "status")),
                node.path("held").asBoolean(false),
                node.path("ttlSeconds").asInt(0));
    }

    /** Writes one instance as an object, as it is kept: with its lease, which answers do not tell. */
    public static void write(JsonGenerator json, Instance instance) {
        json.writeStartObject();
        writeFields(json, instance, Long.MAX_VALUE);
        if (instance.ttlSeconds() > 0) {
            json.writeNumberProperty("ttlSeconds", instance.ttlSeconds());
        }
        json.writeEndObject();
    }

    /** Writes one instance as an object, as it is answered at a moment: a young one with its {@code warmWeight}. */
    static void write(JsonGenerator json, Instance instance, long nowMs) {
        json.writeStartObject();
        writeFields(json, instance, nowMs);
        json.writeEndObject();
    }

    private static void writeFields(JsonGenerator json, Instance instance, long nowMs) {
        json.writeStringProperty("id", instance.id());
        json.writeNumberProperty("incarnation", instance.incarnation());
        json.writeStringProperty("host", instance.host());
        json.writeNumberProperty("port", instance.port());
        json.writeArrayPropertyStart("protocols");
        instance.protocols().forEach(json::writeString);
        json.writeEndArray();
        json.writeNumberProperty("weight", instance.weight());
        if (WarmUp.isYoung(instance, nowMs)) {
            json.writeNumberProperty("warmWeight", WarmUp.weight(instance, nowMs));
        }
        if (instance.zone() != null) {
            json.writeStringProperty("zone", instance.zone());
        }
        if (instance.version() != null) {
            json.writeStringProperty("version", instance.version());
        }
        writeMap(json, "tags", instance.tags());
        writeMap(json, "metadata", instance.metadata());
        json.writeStringProperty("status", instance.status().name());
        json.writeBooleanProperty("held", instance.held());
    }

    private static void writeMap(JsonGenerator json, String name, Map<String, String> map) {
        json.writeObjectPropertyStart(name);
        // sorted: two routers write the same bytes
        new TreeMap<>(map).forEach(json::writeStringProperty);
        json.writeEndObject();
    }

    private static InstanceStatus status(@Nullable String text) {
        if (text == null) {
            return InstanceStatus.UP;
        }
        try {
            return InstanceStatus.valueOf(text);
        } catch (IllegalArgumentException e) {
            // a newer registry may know more words; what is not surely callable is not called
            return InstanceStatus.DOWN;
        }
    }

    private static @Nullable String text(JsonNode node, String name) {
        JsonNode value = node.path(name);
        return value.isString() ? value.stringValue() : null;
    }

    private static List<String> strings(JsonNode array) {
        List<String> strings = new ArrayList<>(array.size());
        // Redis's cjson writes an empty table as {}, never as []
        if (array.isArray()) {
            array.forEach(item -> strings.add(item.asString()));
        }
        return strings;
    }

    private static Map<String, String> map(JsonNode object) {
        Map<String, String> map = new LinkedHashMap<>();
        if (object.isObject()) {
            object.properties()
                    .forEach(entry -> map.put(
                            Sharing.of(entry.getKey()),
                            Sharing.of(entry.getValue().asString())));
        }
        return map;
    }
}
