package dev.moa.dev.stub;

import dev.moa.dev.stub.StubModel.Value;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** How one language says what a schema says. Its template is {@code <name>.mustache} beside this class. */
abstract class Language {

    final StubModel model;

    Language(StubModel model) {
        this.model = model;
    }

    /** Returns the name of a type, where the language has taken it. */
    abstract String typeName(String name);

    /** Returns the type of a value. */
    final String type(JsonNode schema) {
        if (isNullable(schema)) {
            return orNull(type(withoutNull(schema)));
        }
        StubModel.Type named = model.referred(schema);
        return named == null ? plainType(schema) : namedType(named);
    }

    /** Returns the type of a value that is never null and whose type has a name. */
    String namedType(StubModel.Type type) {
        return typeName(type.name());
    }

    /** Returns the type of a value that is never null and whose type has no name. */
    abstract String plainType(JsonNode schema);

    /** Returns the type for a documentation comment. */
    String docType(JsonNode schema) {
        return type(schema);
    }

    /** Returns the expression that makes a value of the JSON that {@code source} holds. */
    abstract String decode(JsonNode schema, String source);

    /** Returns the expression that is written as JSON for the value that {@code source} holds. */
    String encode(JsonNode schema, String source) {
        return source;
    }

    /** Returns the type of a value that may be null; {@code type} says the type of one that is not. */
    abstract String orNull(String type);

    /** Returns the name of a field or parameter, where the language has taken it. */
    abstract String name(String name);

    /** Returns the name of a method. */
    String method(String name) {
        return name(name);
    }

    /** Returns the type of a union, or nothing where it has a name of its own. */
    String union(StubModel.Type type) {
        return "";
    }

    /** Returns the name of the method that gives an exception's property. */
    String accessor(String name) {
        return name(name);
    }

    /** Returns the JSON of a field of a record or exception, where the value of its type is made. */
    abstract String property(StubModel.Kind kind, Value field);

    /** Returns an object's own field. */
    abstract String own(String name);

    /** Returns a parameter. */
    String variable(String name) {
        return name(name);
    }

    /** Returns a property's name as the language writes it in an object. */
    String key(String name) {
        return quoted(name);
    }

    /** Returns the JSON of a method's result. */
    abstract String result();

    /** Returns the client's timeout. */
    abstract String timeout();

    /** Returns a text between the quotes of this language's strings. */
    String quoted(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    /** Returns a name that is one in every language, and not one of those that this language has taken. */
    static String renamed(String name, List<String> taken) {
        String plain = name.replaceAll("[^A-Za-z0-9_]", "_");
        if (plain.isEmpty() || Character.isDigit(plain.charAt(0))) {
            plain = '_' + plain;
        }
        return taken.contains(plain) ? plain + '_' : plain;
    }

    static boolean isNullable(JsonNode schema) {
        return schema.path("anyOf").valueStream().anyMatch(Language::isNull)
                || schema.path("type")
                        .valueStream()
                        .anyMatch(each -> each.asString("").equals("null"));
    }

    static boolean isVoid(JsonNode schema) {
        return isNull(schema);
    }

    private static boolean isNull(JsonNode schema) {
        return schema.path("type").asString("").equals("null");
    }

    /** Returns the schema of a value that is not null. */
    static JsonNode withoutNull(JsonNode schema) {
        if (schema.has("anyOf")) {
            return schema.path("anyOf")
                    .valueStream()
                    .filter(each -> !isNull(each))
                    .findFirst()
                    .orElse(schema);
        }
        if (schema.path("type").isArray()) {
            return ((tools.jackson.databind.node.ObjectNode) schema.deepCopy())
                    .set("type", schema.path("type").path(0));
        }
        return schema;
    }

    /** Returns {@code string}, {@code integer}, {@code number}, {@code boolean}, {@code array}, {@code object}, or null. */
    static @Nullable String json(JsonNode schema) {
        String type = schema.path("type").asString("");
        return type.isEmpty() ? null : type.toLowerCase(Locale.ROOT);
    }

    static JsonNode items(JsonNode schema) {
        return schema.has("items") ? schema.path("items") : JsonNodeFactory.instance.objectNode();
    }

    /** Returns the schema of a map's values, or null if it is none. */
    static @Nullable JsonNode entries(JsonNode schema) {
        return schema.has("additionalProperties") ? schema.path("additionalProperties") : null;
    }
}
