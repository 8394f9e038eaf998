package dev.moa.dev.stub;

import dev.moa.dev.stub.StubModel.Kind;
import dev.moa.dev.stub.StubModel.Type;
import dev.moa.dev.stub.StubModel.Value;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Python 3.9: frozen data classes, enums of strings. */
final class Python extends Language {

    private static final List<String> TAKEN = List.of(
            "False",
            "None",
            "True",
            "and",
            "as",
            "assert",
            "async",
            "await",
            "break",
            "class",
            "continue",
            "def",
            "del",
            "elif",
            "else",
            "except",
            "finally",
            "for",
            "from",
            "global",
            "if",
            "import",
            "in",
            "is",
            "lambda",
            "nonlocal",
            "not",
            "or",
            "pass",
            "raise",
            "return",
            "self",
            "try",
            "while",
            "with",
            "yield");

    private static final List<String> TAKEN_TYPES =
            List.of("Any", "Optional", "Union", "MoaError", "None", "True", "False");

    Python(StubModel model) {
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
            return "dict[str, %s]".formatted(type(entries));
        }
        String json = json(schema);
        return switch (json == null ? "" : json) {
            case "string" -> "str";
            case "integer" -> "int";
            case "number" -> "float";
            case "boolean" -> "bool";
            case "array" -> "list[%s]".formatted(type(items(schema)));
            case "object" -> "dict[str, Any]";
            case "null" -> "None";
            default -> "Any";
        };
    }

    @Override
    String decode(JsonNode schema, String source) {
        if (isNullable(schema)) {
            String inner = decode(withoutNull(schema), source);
            return inner.equals(source) ? source : "None if %s is None else %s".formatted(source, inner);
        }
        Type named = model.referred(schema);
        if (named != null) {
            return switch (named.kind()) {
                case ENUM -> "%s(%s)".formatted(typeName(named.name()), source);
                case UNION -> named.members().isEmpty() ? source : "_%s(%s)".formatted(typeName(named.name()), source);
                case RECORD, EXCEPTION -> "%s.of(%s)".formatted(typeName(named.name()), source);
            };
        }
        JsonNode entries = entries(schema);
        if (entries != null) {
            String inner = decode(entries, "v");
            return inner.equals("v") ? source : "{k: %s for k, v in %s.items()}".formatted(inner, source);
        }
        if (!"array".equals(json(schema))) {
            return source;
        }
        String inner = decode(items(schema), "v");
        return inner.equals("v") ? source : "[%s for v in %s]".formatted(inner, source);
    }

    @Override
    String orNull(String type) {
        return type.equals("Any") || type.equals("None") ? type : "Optional[%s]".formatted(type);
    }

    @Override
    String name(String name) {
        return renamed(name, TAKEN);
    }

    @Override
    String union(Type named) {
        return named.members().isEmpty()
                ? "Any"
                : named.members().values().stream()
                        .map(this::typeName)
                        .collect(Collectors.joining(", ", "Union[", "]"));
    }

    @Override
    String property(Kind kind, Value field) {
        String source = kind == Kind.EXCEPTION ? "self.details" : "data";
        return (field.optional() ? "%s.get(\"%s\")" : "%s[\"%s\"]").formatted(source, quoted(field.name()));
    }

    @Override
    String own(String name) {
        return "self." + name(name);
    }

    @Override
    String result() {
        return "data";
    }

    @Override
    String timeout() {
        return "self._timeout_ms";
    }
}
