package dev.moa.sdk.describe;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JavaType;

/**
 * A type with a name of its own: a record or bean, an enum, a union of types, or an exception. Filled while the types
 * are followed, since it may contain itself; not changed afterwards.
 */
final class NamedType {

    /** What there is. */
    enum Kind {
        RECORD,
        ENUM,
        UNION,
        EXCEPTION
    }

    /** One property. */
    record Field(String name, JsonType type, boolean required) {}

    /** One of the types of a union, and the value of the property that tells which it is. */
    record Member(JsonType type, String tag) {}

    final String name;
    final String text;
    final JavaType type;
    final Kind kind;
    final List<Field> fields = new ArrayList<>();
    final List<String> values = new ArrayList<>();
    final List<Member> members = new ArrayList<>();

    NamedType(String name, String text, JavaType type, Kind kind) {
        this.name = name;
        this.text = text;
        this.type = type;
        this.kind = kind;
    }
}
