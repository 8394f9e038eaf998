package dev.moa.sdk.codec;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.moa.protocol.Payload;
import java.lang.reflect.Modifier;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.util.Comparator;
import java.util.Currency;
import java.util.Date;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.deser.SettableBeanProperty;
import tools.jackson.databind.deser.bean.BeanDeserializerBase;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.AnnotatedClassResolver;
import tools.jackson.databind.introspect.AnnotatedField;
import tools.jackson.databind.introspect.AnnotatedMethod;
import tools.jackson.databind.ser.PropertyWriter;
import tools.jackson.databind.ser.bean.BeanSerializerBase;

/**
 * The types that the methods of an interface name, followed through collections and properties to the last class:
 * what can travel, and nothing else. Properties are those that JSON has, so an annotation means the same in both.
 */
final class InterfaceTypes {

    private static final Set<Class<?>> VALUES = Set.of(
            String.class,
            Boolean.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            Float.class,
            Double.class,
            Character.class,
            Void.class,
            BigDecimal.class,
            BigInteger.class,
            UUID.class,
            URI.class,
            Date.class,
            Locale.class,
            Currency.class,
            OptionalInt.class,
            OptionalLong.class,
            OptionalDouble.class);

    private final Class<?> service;
    // by canonical name, so that the order is the same everywhere
    private final SortedMap<String, String> described = new TreeMap<>();
    private final Map<Class<?>, List<String>> beans = new LinkedHashMap<>();

    private InterfaceTypes(Class<?> service) {
        this.service = service;
    }

    /** @throws OpenTypeException if a type could be anything */
    static InterfaceTypes of(ServiceInterface methods) {
        InterfaceTypes types = new InterfaceTypes(methods.type());
        for (ServiceMethod method : methods.methods()) {
            for (ServiceParameter parameter : method.parameters()) {
                types.add(parameter.type(), method.name() + "(" + parameter.name() + ")");
            }
            types.add(method.result(), method.name() + "()");
            types.described.put("method " + method.name(), method.canonical());
        }
        return types;
    }

    /**
     * Returns the classes with properties. Those whose properties JSON writes and reads alike have their names, in
     * order, and need none on the wire; the others have an empty list.
     */
    Map<Class<?>, List<String>> beans() {
        return beans;
    }

    /** Returns the hash of all of it for one kind of bodies; never 0. */
    long hash(Payload.Format format) {
        return TypesHash.of("moa types 1 " + format.contentType(), described);
    }

    @Override
    public String toString() {
        return beans.isEmpty()
                ? "no classes of its own"
                : beans.keySet().stream()
                        .map(Class::getName)
                        .sorted(Comparator.naturalOrder())
                        .collect(Collectors.joining(", "));
    }

    private void add(JavaType type, String where) {
        Class<?> raw = type.getRawClass();
        if (type.isPrimitive() || VALUES.contains(raw) || raw.getPackageName().equals("java.time")) {
            return;
        }
        if (type.isArrayType() || type.isCollectionLikeType() || type.isReferenceType()) {
            add(contentOf(type, where), where);
        } else if (type.isMapLikeType()) {
            add(type.getKeyType(), where);
            add(contentOf(type, where), where);
        } else if (type.isEnumType()) {
            described.put(type.toCanonical(), namesOf(raw));
        } else if (!JsonNode.class.isAssignableFrom(raw)) {
            addBean(type, where);
        }
    }

    private JavaType contentOf(JavaType type, String where) {
        JavaType content = type.isReferenceType() ? type.getReferencedType() : type.getContentType();
        if (content == null) {
            throw open(type, where);
        }
        return content;
    }

    private void addBean(JavaType type, String where) {
        Class<?> raw = type.getRawClass();
        if (described.containsKey(type.toCanonical())) {
            return;
        }
        if (raw.getName().startsWith("java.")
                || raw.isInterface()
                || Modifier.isAbstract(raw.getModifiers())
                || Throwable.class.isAssignableFrom(raw)) {
            throw open(type, where);
        }
        AnnotatedClass annotated = AnnotatedClassResolver.resolve(
                Json.MAPPER.serializationConfig(), type, Json.MAPPER.serializationConfig());
        if (annotated.hasAnnotation(JsonTypeInfo.class) || hasAnyProperties(annotated)) {
            throw open(type, where);
        }
        // before its properties: a class may hold itself
        described.put(type.toCanonical(), "");
        Map<String, BeanProperty> written = new LinkedHashMap<>();
        Map<String, BeanProperty> read = new LinkedHashMap<>();
        try {
            if (properties(type, written, read)) {
                boolean alike = written.keySet().equals(read.keySet())
                        && !annotated.hasAnnotation(JsonInclude.class)
                        && written.values().stream().allMatch(each -> each.getAnnotation(JsonInclude.class) == null);
                beans.put(raw, alike ? List.copyOf(written.keySet()) : List.of());
            }
        } catch (JacksonException e) {
            throw new OpenTypeException("%s: %s at %s cannot be written and read: %s"
                    .formatted(service.getName(), type.toCanonical(), where, e.getOriginalMessage()));
        }
        described.put(type.toCanonical(), describe(written) + " " + describe(read));
        String inside = where + " " + raw.getSimpleName() + ".";
        for (Map<String, BeanProperty> way : List.of(written, read)) {
            way.forEach((name, property) -> {
                if (property instanceof SettableBeanProperty settable && settable.hasValueTypeDeserializer()) {
                    throw open(property.getType(), inside + name);
                }
                add(property.getType(), inside + name);
            });
        }
    }

    private static String describe(Map<String, BeanProperty> properties) {
        return properties.entrySet().stream()
                .map(each -> each.getKey() + ":" + each.getValue().getType().toCanonical())
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static String namesOf(Class<?> type) {
        return Stream.of(type.getEnumConstants())
                .map(constant -> ((Enum<?>) constant).name())
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static boolean hasAnyProperties(AnnotatedClass annotated) {
        for (AnnotatedMethod method : annotated.memberMethods()) {
            if (method.hasAnnotation(JsonAnyGetter.class) || method.hasAnnotation(JsonAnySetter.class)) {
                return true;
            }
        }
        for (AnnotatedField field : annotated.fields()) {
            if (field.hasAnnotation(JsonAnyGetter.class) || field.hasAnnotation(JsonAnySetter.class)) {
                return true;
            }
        }
        return false;
    }

    /** Returns false for a class that is written as a single value, by a serializer or {@code @JsonValue}. */
    private static boolean properties(
            JavaType type, Map<String, BeanProperty> written, Map<String, BeanProperty> read) {
        ValueSerializer<?> serializer = Json.MAPPER._serializationContext().findValueSerializer(type);
        ValueDeserializer<?> deserializer =
                Json.MAPPER._deserializationContext().findRootValueDeserializer(type);
        if (!(serializer instanceof BeanSerializerBase) || !(deserializer instanceof BeanDeserializerBase bean)) {
            return false;
        }
        for (Iterator<PropertyWriter> each = serializer.properties(); each.hasNext(); ) {
            PropertyWriter property = each.next();
            written.put(property.getName(), property);
        }
        for (Iterator<SettableBeanProperty> each = bean.properties(); each.hasNext(); ) {
            SettableBeanProperty property = each.next();
            read.put(property.getName(), property);
        }
        return true;
    }

    private OpenTypeException open(@Nullable JavaType type, String where) {
        return new OpenTypeException(
                "%s: %s at %s can be of any class (expected: records, classes, enums, collections of them, java.time and the like)"
                        .formatted(service.getName(), type == null ? "?" : type.toCanonical(), where));
    }
}
