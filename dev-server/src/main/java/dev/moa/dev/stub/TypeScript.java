package dev.moa.dev.stub;

import dev.moa.dev.stub.StubModel.Kind;
import dev.moa.dev.stub.StubModel.Type;
import dev.moa.dev.stub.StubModel.Value;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** TypeScript: interfaces over what JSON.parse gives, so nothing is converted. */
final class TypeScript extends Language {

    private static final List<String> TAKEN = List.of(
            "arguments",
            "await",
            "break",
            "case",
            "catch",
            "class",
            "const",
            "continue",
            "debugger",
            "default",
            "delete",
            "do",
            "else",
            "enum",
            "eval",
            "export",
            "extends",
            "false",
            "finally",
            "for",
            "function",
            "if",
            "implements",
            "import",
            "in",
            "instanceof",
            "interface",
            "let",
            "new",
            "null",
            "package",
            "private",
            "protected",
            "public",
            "return",
            "static",
            "super",
            "switch",
            "this",
            "throw",
            "true",
            "try",
            "typeof",
            "var",
            "void",
            "while",
            "with",
            "yield");

    private static final List<String> TAKEN_TYPES =
            List.of("MoaError", "Call", "Answer", "Transport", "Record", "Promise", "Error", "String", "JSON");

    TypeScript(StubModel model) {
        super(model);
    }

    @Override
    String typeName(String name) {
        return renamed(name, TAKEN_TYPES);
    }

    @Override
    String plainType(JsonNode schema) {
        JsonNode entries = entries(schema);
        if (entries != null) {
            return "Record<string, %s>".formatted(type(entries));
        }
        String json = json(schema);
        return switch (json == null ? "" : json) {
            case "string" -> "string";
            case "integer", "number" -> "number";
            case "boolean" -> "boolean";
            case "array" -> list(type(items(schema)));
            case "object" -> "Record<string, unknown>";
            case "null" -> "void";
            default -> "unknown";
        };
    }

    @Override
    String decode(JsonNode schema, String source) {
        return source;
    }

    @Override
    String orNull(String type) {
        return type.equals("unknown") ? type : type + " | null";
    }

    @Override
    String name(String name) {
        return renamed(name, TAKEN);
    }

    /** A method may have any name. */
    @Override
    String method(String name) {
        return name.equals("constructor") ? "constructor_" : name;
    }

    @Override
    String union(Type type) {
        if (type.kind() == Kind.ENUM) {
            return type.values().stream().map(this::literal).collect(Collectors.joining(" | "));
        }
        return type.members().isEmpty()
                ? "Record<string, unknown>"
                : type.members().entrySet().stream()
                        .map(member -> "({ readonly %s: %s } & %s)"
                                .formatted(
                                        key(String.valueOf(type.tag())),
                                        literal(member.getKey()),
                                        typeName(member.getValue())))
                        .collect(Collectors.joining(" | "));
    }

    /** What every error of JavaScript has already. */
    @Override
    String accessor(String name) {
        return renamed(name, List.of("name", "message", "stack", "code", "error", "details", "cause"));
    }

    @Override
    String property(Kind kind, Value field) {
        return field.name();
    }

    @Override
    String key(String name) {
        return name.matches("[A-Za-z_][A-Za-z0-9_]*") ? name : literal(name);
    }

    @Override
    String own(String name) {
        return name;
    }

    @Override
    String result() {
        return "";
    }

    @Override
    String timeout() {
        return "this.#timeoutMs";
    }

    private String literal(String text) {
        return '"' + quoted(text) + '"';
    }

    private static String list(String element) {
        return element.contains(" ") ? '(' + element + ")[]" : element + "[]";
    }
}
