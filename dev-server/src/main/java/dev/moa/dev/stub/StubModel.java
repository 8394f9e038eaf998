package dev.moa.dev.stub;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a stub needs of a service's OpenAPI document.
 *
 * @param service the service's name
 * @param name the Java interface's simple name
 * @param types by the name of their schema, without the failures that every service has
 */
record StubModel(String service, String name, String hash, Map<String, Type> types, List<Method> methods) {

    /** What a named type is. */
    enum Kind {
        RECORD,
        ENUM,
        UNION,
        EXCEPTION
    }

    /**
     * A named type.
     *
     * @param tag the property that tells the members of its union apart, where it is a member or a union
     * @param tagValue what that property is in a member
     * @param javaType what a failure's {@code details.type} is; only for exceptions
     * @param members the schemas' names of a union's members, by what their tag is
     */
    record Type(
            Kind kind,
            String name,
            List<Value> fields,
            List<String> values,
            @Nullable String tag,
            @Nullable String tagValue,
            @Nullable String javaType,
            Map<String, String> members) {

        Type memberOf(String unionTag, String value) {
            return new Type(kind, name, fields, values, unionTag, value, javaType, members);
        }
    }

    /** A field or parameter. */
    record Value(String name, JsonNode schema, boolean optional) {}

    /** A method; {@code timeoutMs} 0 where the caller decides; {@code exceptions} are names of schemas. */
    record Method(
            String name,
            String signature,
            List<Value> parameters,
            JsonNode result,
            List<String> exceptions,
            boolean idempotent,
            long timeoutMs) {}

    /** Returns the type that a schema refers to, or null. */
    @Nullable
    Type referred(JsonNode schema) {
        String name = DocumentReader.referred(schema);
        return name == null ? null : types.get(name);
    }
}
