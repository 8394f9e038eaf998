package dev.moa.dev.stub;

import dev.moa.dev.stub.StubModel.Kind;
import dev.moa.dev.stub.StubModel.Type;
import dev.moa.dev.stub.StubModel.Value;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** PHP 8.1: read-only classes, backed enums, lists and maps as arrays. */
final class Php extends Language {

    /** What no class may be called, and what the stub itself has. */
    private static final Set<String> TAKEN_TYPES = Set.of(
            "abstract",
            "and",
            "array",
            "as",
            "bool",
            "break",
            "callable",
            "case",
            "catch",
            "class",
            "clone",
            "const",
            "continue",
            "declare",
            "default",
            "do",
            "echo",
            "else",
            "empty",
            "enum",
            "eval",
            "exit",
            "extends",
            "false",
            "final",
            "finally",
            "float",
            "fn",
            "for",
            "foreach",
            "function",
            "global",
            "goto",
            "if",
            "implements",
            "include",
            "instanceof",
            "int",
            "interface",
            "isset",
            "iterable",
            "list",
            "match",
            "mixed",
            "namespace",
            "never",
            "new",
            "null",
            "object",
            "or",
            "parent",
            "print",
            "private",
            "protected",
            "public",
            "readonly",
            "require",
            "return",
            "self",
            "static",
            "string",
            "switch",
            "throw",
            "trait",
            "true",
            "try",
            "unset",
            "use",
            "var",
            "void",
            "while",
            "xor",
            "yield",
            "moaexception");

    Php(StubModel model) {
        super(model);
    }

    @Override
    String typeName(String name) {
        return TAKEN_TYPES.contains(name.toLowerCase(Locale.ROOT)) ? name + '_' : renamed(name, List.of());
    }

    @Override
    String namedType(Type type) {
        return type.kind() == Kind.UNION ? union(type) : typeName(type.name());
    }

    @Override
    String plainType(JsonNode schema) {
        String json = json(schema);
        return switch (json == null ? "" : json) {
            case "string" -> "string";
            case "integer" -> "int";
            case "number" -> "float";
            case "boolean" -> "bool";
            case "array", "object" -> "array";
            case "null" -> "void";
            default -> "mixed";
        };
    }

    @Override
    String docType(JsonNode schema) {
        if (isNullable(schema)) {
            return orNull(docType(withoutNull(schema)));
        }
        if ("array".equals(json(schema))) {
            return "list<" + docType(items(schema)) + '>';
        }
        JsonNode entries = entries(schema);
        return entries == null ? type(schema) : "array<string, " + docType(entries) + '>';
    }

    @Override
    String decode(JsonNode schema, String source) {
        if (isNullable(schema)) {
            String inner = decode(withoutNull(schema), source);
            return inner.equals(source) ? orAbsent(source) : "isset(%s) ? %s : null".formatted(source, inner);
        }
        Type named = model.referred(schema);
        if (named != null) {
            return named.kind() == Kind.ENUM
                    ? "%s::from(%s)".formatted(typeName(named.name()), source)
                    : "%s::of(%s)".formatted(typeName(named.name()), source);
        }
        JsonNode each = each(schema);
        String inner = each == null ? "$each" : decode(each, "$each");
        return inner.equals("$each") ? source : "array_map(fn ($each) => %s, %s)".formatted(inner, source);
    }

    /** A map without entries would be written as a list. */
    @Override
    String encode(JsonNode schema, String source) {
        JsonNode plain = withoutNull(schema);
        JsonNode entries = entries(plain);
        if (entries == null) {
            JsonNode each = each(plain);
            String inner = each == null ? "$each" : encode(each, "$each");
            return inner.equals("$each")
                    ? source
                    : nullSafe(schema, source, "array_map(fn ($each) => %s, %s)".formatted(inner, source));
        }
        return nullSafe(schema, source, "(object) " + source);
    }

    @Override
    String orNull(String type) {
        if (type.equals("mixed")) {
            return type;
        }
        return type.contains("|") || type.contains("<") ? type + "|null" : '?' + type;
    }

    @Override
    String name(String name) {
        return renamed(name, List.of("this"));
    }

    @Override
    String union(Type named) {
        return named.members().isEmpty()
                ? "array"
                : named.members().values().stream().map(this::typeName).collect(Collectors.joining("|"));
    }

    @Override
    String accessor(String name) {
        // what every exception of PHP has already, and cannot be overridden
        return List.of("getMessage", "getCode", "getFile", "getLine", "getTrace", "getPrevious")
                        .contains(name)
                ? name + '_'
                : name(name);
    }

    @Override
    String property(Kind kind, Value field) {
        return (kind == Kind.EXCEPTION ? "$this->details['%s']" : "$json['%s']").formatted(quoted(field.name()));
    }

    @Override
    String own(String name) {
        return "$this->" + name(name);
    }

    @Override
    String variable(String name) {
        return '$' + name(name);
    }

    @Override
    String result() {
        return "$json";
    }

    @Override
    String timeout() {
        return "$this->timeoutMs";
    }

    @Override
    String quoted(String text) {
        return text.replace("\\", "\\\\").replace("'", "\\'");
    }

    private static @Nullable JsonNode each(JsonNode schema) {
        return "array".equals(json(schema)) ? items(schema) : entries(schema);
    }

    /** A key may be absent, a variable is there. */
    private static String orAbsent(String source) {
        return source.endsWith("]") ? source + " ?? null" : source;
    }

    private static String nullSafe(JsonNode schema, String source, String expression) {
        return isNullable(schema) ? "%s === null ? null : %s".formatted(source, expression) : expression;
    }
}
