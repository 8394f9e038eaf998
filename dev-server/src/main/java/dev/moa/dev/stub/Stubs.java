package dev.moa.dev.stub;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import dev.moa.dev.stub.StubModel.Kind;
import dev.moa.dev.stub.StubModel.Method;
import dev.moa.dev.stub.StubModel.Type;
import dev.moa.dev.stub.StubModel.Value;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Writes the client of a service in another language: its types, its declared exceptions, and a method for each of
 * its methods. How it looks stands in the templates {@code php}, {@code python} and {@code typescript.mustache}.
 */
public final class Stubs {

    private static final Mustache.Compiler MUSTACHE =
            Mustache.compiler().escapeHTML(false).emptyStringIsFalse(true);

    private final StubModel model;
    private final Language language;

    private Stubs(StubModel model, Language language) {
        this.model = model;
        this.language = language;
    }

    /**
     * Returns the source text.
     *
     * @param openApi what the service's {@code $openapi} answers
     * @throws IllegalArgumentException if the document is none of a moa service
     */
    public static String write(JsonNode openApi, StubLanguage language) {
        StubModel model = DocumentReader.read(openApi);
        return template(language).execute(new Stubs(model, language.phrases(model)).service());
    }

    private static Template template(StubLanguage language) {
        String name = language.lowerCase() + ".mustache";
        try (InputStream in = Stubs.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing beside " + Stubs.class.getName());
            }
            return MUSTACHE.compile(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, Object> service() {
        return Map.of(
                "service", model.service(),
                "name", model.name(),
                "hash", model.hash(),
                "enums", types(Kind.ENUM),
                "unions", types(Kind.UNION),
                "records", types(Kind.RECORD),
                "exceptions", types(Kind.EXCEPTION),
                "methods", model.methods().stream().map(this::method).toList());
    }

    private List<Map<String, Object>> types(Kind kind) {
        return model.types().values().stream()
                .filter(type -> type.kind() == kind)
                .map(this::type)
                .toList();
    }

    private Map<String, Object> type(Type type) {
        Map<String, Object> words = new HashMap<>();
        words.put("name", language.typeName(type.name()));
        words.put("javaType", type.javaType() == null ? "" : language.quoted(type.javaType()));
        words.put("tag", type.tag() == null ? "" : language.quoted(type.tag()));
        words.put("tagValue", type.tagValue() == null ? "" : language.quoted(type.tagValue()));
        words.put("union", language.union(type));
        words.put(
                "values",
                type.values().stream()
                        .map(value -> Map.of("value", language.quoted(value), "constant", language.name(value)))
                        .toList());
        words.put(
                "members",
                type.members().entrySet().stream()
                        .map(member -> Map.of(
                                "tagValue",
                                language.quoted(member.getKey()),
                                "member",
                                language.typeName(member.getValue())))
                        .toList());
        words.put(
                "fields",
                type.fields().stream().map(field -> field(type, field)).toList());
        // what has a default comes last
        words.put(
                "ordered",
                type.fields().stream()
                        .sorted(Comparator.comparing(Value::optional))
                        .map(field -> field(type, field))
                        .toList());
        return words;
    }

    private Map<String, Object> field(Type type, Value field) {
        Map<String, Object> words = value(field, field.optional());
        words.put("decode", language.decode(field.schema(), language.property(type.kind(), field)));
        words.put("encode", language.encode(field.schema(), language.own(field.name())));
        return words;
    }

    private Map<String, Object> value(Value value, boolean optional) {
        Map<String, Object> words = new HashMap<>();
        words.put("json", language.key(value.name()));
        words.put("quoted", language.quoted(value.name()));
        words.put("var", language.name(value.name()));
        words.put("method", language.accessor(value.name()));
        words.put("type", language.type(value.schema()));
        words.put("docType", language.docType(value.schema()));
        words.put("documented", !language.docType(value.schema()).equals(language.type(value.schema())));
        words.put("optional", optional);
        return words;
    }

    private Map<String, Object> method(Method method) {
        Map<String, Object> words = new HashMap<>();
        words.put("name", method.name());
        words.put("method", language.method(method.name()));
        words.put("signature", method.signature());
        words.put("idempotent", method.idempotent());
        words.put("timeout", method.timeoutMs() > 0 ? Long.toString(method.timeoutMs()) : language.timeout());
        List<String> exceptions =
                method.exceptions().stream().map(language::typeName).toList();
        words.put("throws", exceptions);
        words.put("raises", String.join(", ", exceptions));
        words.put("parameters", parameters(method));
        words.put("void", Language.isVoid(method.result()));
        words.put("type", language.type(method.result()));
        words.put("docType", language.docType(method.result()));
        words.put("decode", language.decode(method.result(), language.result()));
        return words;
    }

    private List<Map<String, Object>> parameters(Method method) {
        List<Map<String, Object>> parameters = new ArrayList<>();
        for (int i = 0; i < method.parameters().size(); i++) {
            Value parameter = method.parameters().get(i);
            // one that a required one follows cannot be left out
            boolean last = method.parameters().stream().skip(i).allMatch(Value::optional);
            Map<String, Object> words = value(parameter, last);
            words.put("encode", language.encode(parameter.schema(), language.variable(parameter.name())));
            parameters.add(words);
        }
        return parameters;
    }
}
