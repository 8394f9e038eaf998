package dev.moa.dev.stub;

import dev.moa.dev.stub.StubModel.Kind;
import dev.moa.dev.stub.StubModel.Method;
import dev.moa.dev.stub.StubModel.Type;
import dev.moa.dev.stub.StubModel.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads the OpenAPI document of a moa service. Its names become source text, so what a document says is not taken for
 * granted: each must look like a name.
 */
final class DocumentReader {

    private static final Pattern SERVICE = Pattern.compile("(/[a-z0-9-]+)+");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_$][A-Za-z0-9_$]*");
    private static final Pattern HASH = Pattern.compile("[0-9a-f]*");
    private static final Pattern SIGNATURE = Pattern.compile("[A-Za-z0-9_$ <>,.:?()\\[\\]]*");
    private static final Pattern TEXT = Pattern.compile("[^\\p{Cntrl}]*");

    private static final String SCHEMAS = "#/components/schemas/";
    private static final String FAILURE = "MoaFailure";

    private DocumentReader() {}

    /** @throws IllegalArgumentException if the document is none of a moa service */
    static StubModel read(JsonNode document) {
        JsonNode info = document.path("info");
        String service = info.path("x-moa-service").asString("");
        if (!SERVICE.matcher(service).matches()) {
            throw new IllegalArgumentException(
                    "info.x-moa-service: '%s' (expected: the name of a service, as its $openapi has it)"
                            .formatted(service));
        }
        String javaType = info.path("x-moa-type").asString("");
        List<Method> methods = new ArrayList<>();
        document.path("paths").forEach(path -> methods.add(method(path.path("post"))));
        return new StubModel(
                service,
                checked(NAME, javaType.substring(Math.max(javaType.lastIndexOf('.'), javaType.lastIndexOf('$')) + 1)),
                checked(HASH, info.path("x-moa-hash").asString("")),
                types(document.path("components").path("schemas")),
                methods);
    }

    /** Returns the name of the schema that this one refers to, or null. */
    static @Nullable String referred(JsonNode schema) {
        String reference = schema.path("$ref").asString("");
        return reference.startsWith(SCHEMAS) ? reference.substring(SCHEMAS.length()) : null;
    }

    private static Map<String, Type> types(JsonNode schemas) {
        Map<String, Type> types = new TreeMap<>();
        schemas.forEachEntry((name, schema) -> {
            if (!name.equals(FAILURE)) {
                types.put(name, type(checked(NAME, name), schema));
            }
        });
        for (Type union : List.copyOf(types.values())) {
            String tag = union.tag();
            if (tag != null) {
                union.members()
                        .forEach((value, member) ->
                                types.computeIfPresent(member, (name, type) -> type.memberOf(tag, value)));
            }
        }
        return types;
    }

    private static Type type(String name, JsonNode schema) {
        if (schema.has("enum")) {
            List<String> values = schema.path("enum")
                    .valueStream()
                    .map(each -> checked(TEXT, each.asString()))
                    .toList();
            return new Type(Kind.ENUM, name, List.of(), values, null, null, null, Map.of());
        }
        if (schema.has("oneOf")) {
            return union(name, schema.path("oneOf"));
        }
        if (schema.has("x-moa-exception")) {
            List<Value> own = values(schema).stream()
                    .filter(field -> !field.name().equals("type"))
                    .toList();
            String javaType = checked(TEXT, schema.path("x-moa-exception").asString());
            return new Type(Kind.EXCEPTION, name, own, List.of(), null, null, javaType, Map.of());
        }
        return new Type(Kind.RECORD, name, values(schema), List.of(), null, null, null, Map.of());
    }

    private static Type union(String name, JsonNode choices) {
        Map<String, String> members = new TreeMap<>();
        String tag = null;
        for (JsonNode choice : choices) {
            for (Map.Entry<String, JsonNode> property :
                    choice.path("properties").properties()) {
                tag = checked(TEXT, property.getKey());
                members.put(
                        checked(TEXT, property.getValue().path("const").asString()),
                        name(choice.path("allOf").path(0)));
            }
        }
        return new Type(Kind.UNION, name, List.of(), List.of(), tag, null, null, members);
    }

    private static List<Value> values(JsonNode object) {
        List<String> required =
                object.path("required").valueStream().map(JsonNode::asString).toList();
        List<Value> values = new ArrayList<>();
        object.path("properties")
                .forEachEntry(
                        (name, schema) -> values.add(new Value(checked(TEXT, name), schema, !required.contains(name))));
        return values;
    }

    private static Method method(JsonNode operation) {
        List<String> order = operation
                .path("x-moa-parameters")
                .valueStream()
                .map(JsonNode::asString)
                .toList();
        List<Value> parameters = values(
                        json(operation.path("requestBody")).path("anyOf").path(0))
                .stream()
                .sorted((a, b) -> order.indexOf(a.name()) - order.indexOf(b.name()))
                .toList();
        JsonNode responses = operation.path("responses");
        List<String> exceptions = json(responses.path("500"))
                .path("allOf")
                .path(1)
                .path("properties")
                .path("details")
                .path("anyOf")
                .valueStream()
                .filter(each -> each.has("$ref"))
                .map(DocumentReader::name)
                .toList();
        return new Method(
                checked(NAME, operation.path("x-moa-method").asString()),
                checked(SIGNATURE, operation.path("summary").asString()),
                parameters,
                json(responses.path("200")).path("properties").path("result"),
                exceptions,
                operation.path("x-moa-idempotent").asBoolean(),
                operation.path("x-moa-timeout-ms").asLong(0));
    }

    private static JsonNode json(JsonNode owner) {
        return owner.path("content").path("application/json").path("schema");
    }

    private static String name(JsonNode schema) {
        String referred = referred(schema);
        return checked(NAME, referred == null ? "" : referred);
    }

    private static String checked(Pattern pattern, String text) {
        if (!pattern.matcher(text).matches()) {
            throw new IllegalArgumentException("document: '%s' (expected: %s)".formatted(text, pattern));
        }
        return text;
    }
}
