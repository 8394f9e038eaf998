package dev.moa.sdk.describe;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a JSON value may be.
 *
 * @param text the type for people: {@code List<User>}, {@code String?}
 * @param schema the type as JSON Schema 2020-12, which OpenAPI 3.1 uses
 */
record JsonType(String text, ObjectNode schema) {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** Returns this type, or null. */
    JsonType orNull() {
        if (text.endsWith("?")) {
            return this;
        }
        ObjectNode either = NODES.objectNode();
        if (schema.isEmpty()) {
            return new JsonType(text + '?', schema);
        } else if (schema.path("type").isString()) {
            either.setAll(schema.deepCopy());
            either.putArray("type").add(schema.path("type")).add("null");
        } else {
            either.putArray("anyOf").add(schema).addObject().put("type", "null");
        }
        return new JsonType(text + '?', either);
    }

    static JsonType of(String text, String type) {
        return new JsonType(text, NODES.objectNode().put("type", type));
    }
}
