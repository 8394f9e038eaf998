package dev.moa.sdk.describe;

import dev.moa.sdk.codec.Json;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Follows Java types as Jackson writes them, so that what is described is what travels. Types with a name are kept
 * once, however often and however deep they occur.
 *
 * <p>What is neither {@code Optional} nor marked {@code @Nullable} is taken to be there always. Belongs to one
 * thread.
 */
final class JsonTypes {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final Map<JavaType, NamedType> known = new LinkedHashMap<>();
    private final Map<String, NamedType> byName = new TreeMap<>();

    /** Returns the named types that were met, by name. */
    Collection<NamedType> named() {
        return byName.values();
    }

    /** @param seen the type as the source has it, with its annotations; null where unknown */
    JsonType of(JavaType type, @Nullable AnnotatedType seen) {
        JsonType plain = plain(type, seen);
        return seen != null && isNullable(seen) ? plain.orNull() : plain;
    }

    /** Returns a declared exception: its own properties, as they stand in a failure's details. */
    NamedType exception(Class<?> type) {
        JavaType java = Json.FAILURES.constructType(type);
        described(java, Json.FAILURES);
        NamedType found = known.get(java);
        // one without properties is not written as an object
        return found == null ? name(java, NamedType.Kind.EXCEPTION) : found;
    }

    private JsonType plain(JavaType type, @Nullable AnnotatedType seen) {
        if (type.hasRawClass(void.class) || type.hasRawClass(Void.class)) {
            return JsonType.of("void", "null");
        }
        if (type.hasRawClass(Object.class)) {
            return new JsonType("Object", NODES.objectNode());
        }
        if (type.hasRawClass(Optional.class) || type.isReferenceType()) {
            return of(type.getReferencedType(), argument(seen, 0, 1)).orNull();
        }
        if (type.hasRawClass(byte[].class)) {
            JsonType bytes = JsonType.of("byte[]", "string");
            bytes.schema().put("contentEncoding", "base64");
            return bytes;
        }
        if (type.isMapLikeType()) {
            return map(type, seen);
        }
        if (type.isCollectionLikeType() || type.isArrayType()) {
            return list(type, seen);
        }
        return described(type, Json.MAPPER);
    }

    private JsonType list(JavaType type, @Nullable AnnotatedType seen) {
        JsonType element = of(type.getContentType(), argument(seen, 0, 1));
        ObjectNode schema = NODES.objectNode().put("type", "array");
        schema.set("items", element.schema());
        if (Set.class.isAssignableFrom(type.getRawClass())) {
            schema.put("uniqueItems", true);
        }
        String text = type.isArrayType()
                ? element.text() + "[]"
                : type.getRawClass().getSimpleName() + '<' + element.text() + '>';
        return new JsonType(text, schema);
    }

    private JsonType map(JavaType type, @Nullable AnnotatedType seen) {
        JsonType key = of(type.getKeyType(), argument(seen, 0, 2));
        JsonType value = of(type.getContentType(), argument(seen, 1, 2));
        ObjectNode schema = NODES.objectNode().put("type", "object");
        if (type.getKeyType().isEnumType()) {
            schema.set("propertyNames", key.schema());
        }
        schema.set("additionalProperties", value.schema());
        return new JsonType(type.getRawClass().getSimpleName() + '<' + key.text() + ", " + value.text() + '>', schema);
    }

    private JsonType described(JavaType type, JsonMapper mapper) {
        NamedType before = known.get(type);
        if (before != null) {
            return reference(before);
        }
        TypeReader reader = new TypeReader(this, type);
        mapper.acceptJsonFormatVisitor(type, reader);
        return reader.result(text(type));
    }

    /** Returns the type of a property, with what its annotations change. */
    JsonType of(BeanProperty property, Supplier<TypeReader> reader) {
        AnnotatedType seen = seen(property);
        JavaType type = property.getType();
        JsonType plain;
        if (type.isContainerType() || type.isReferenceType() || type.hasRawClass(Object.class)) {
            plain = plain(type, seen);
        } else {
            NamedType before = known.get(type);
            plain = before != null ? reference(before) : reader.get().result(text(type));
        }
        return isNullable(seen, property) ? plain.orNull() : plain;
    }

    NamedType name(JavaType type, NamedType.Kind kind) {
        String text = text(type);
        String base = component(type);
        String name = base;
        for (int i = 2; byName.containsKey(name); i++) {
            name = base + i;
        }
        NamedType fresh = new NamedType(name, text, type, kind);
        known.put(type, fresh);
        byName.put(name, fresh);
        return fresh;
    }

    static JsonType reference(NamedType type) {
        return new JsonType(type.text, NODES.objectNode().put("$ref", "#/components/schemas/" + type.name));
    }

    private static String text(JavaType type) {
        if (type.isArrayType()) {
            return text(type.getContentType()) + "[]";
        }
        String simple = type.getRawClass().getSimpleName();
        if (type.containedTypeCount() == 0) {
            return simple;
        }
        List<String> arguments = new ArrayList<>();
        for (int i = 0; i < type.containedTypeCount(); i++) {
            arguments.add(text(type.containedType(i)));
        }
        return arguments.stream().collect(Collectors.joining(", ", simple + '<', ">"));
    }

    /** {@code Page<User>} is {@code PageOfUser}: names of components hold letters and digits. */
    private static String component(JavaType type) {
        return text(type).replace("[]", "s").replaceAll("[<,]\\s*", "Of").replaceAll("[^A-Za-z0-9]", "");
    }

    private static @Nullable AnnotatedType argument(@Nullable AnnotatedType seen, int index, int of) {
        return seen instanceof AnnotatedParameterizedType parameterized
                        && parameterized.getAnnotatedActualTypeArguments().length == of
                ? parameterized.getAnnotatedActualTypeArguments()[index]
                : null;
    }

    private static @Nullable AnnotatedType seen(BeanProperty property) {
        if (property.getMember() == null) {
            return null;
        }
        AnnotatedElement member = property.getMember().getAnnotated();
        if (member instanceof Method method) {
            return method.getAnnotatedReturnType();
        }
        return member instanceof Field field ? field.getAnnotatedType() : null;
    }

    private static boolean isNullable(@Nullable AnnotatedType seen, BeanProperty property) {
        return (seen != null && isNullable(seen))
                || (property.getMember() != null
                        && isNullable(property.getMember().getAnnotated()));
    }

    /** Whichever library the annotation is from. */
    static boolean isNullable(AnnotatedElement element) {
        for (Annotation annotation : element.getAnnotations()) {
            if (annotation.annotationType().getSimpleName().equals("Nullable")) {
                return true;
            }
        }
        return false;
    }
}
