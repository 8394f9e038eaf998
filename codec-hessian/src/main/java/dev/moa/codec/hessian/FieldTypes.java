package dev.moa.codec.hessian;

import dev.moa.sdk.codec.Json;
import dev.moa.sdk.codec.OpenTypeException;
import dev.moa.sdk.codec.ServiceInterface;
import dev.moa.sdk.codec.ServiceMethod;
import dev.moa.sdk.codec.ServiceParameter;
import dev.moa.sdk.codec.TypesHash;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JavaType;

/** The classes that the methods of an interface name, followed through collections and fields to the last one. */
final class FieldTypes {

    private static final Set<Class<?>> PLAIN =
            Set.of(String.class, Boolean.class, Integer.class, Long.class, Double.class, Date.class, Void.class);
    // as elements of collections they come back as the wider type
    private static final Set<Class<?>> NARROW = Set.of(Byte.class, Short.class, Float.class, Character.class);
    private static final Set<Class<?>> NAMED = Set.of(BigDecimal.class, UUID.class);
    private static final Set<Class<?>> LISTS = Set.of(Collection.class, List.class, ArrayList.class);
    private static final Set<Class<?>> SETS = Set.of(Set.class, HashSet.class, LinkedHashSet.class);
    private static final Set<Class<?>> MAPS = Set.of(Map.class, HashMap.class, LinkedHashMap.class);
    private static final String TIME_HANDLES = "com.alibaba.com.caucho.hessian.io.java8.";

    private final Class<?> service;
    private final SortedMap<String, String> described = new TreeMap<>();
    private final Set<String> names = new TreeSet<>();
    private final Set<String> own = new TreeSet<>();

    private FieldTypes(Class<?> service) {
        this.service = service;
    }

    /** @throws OpenTypeException if a type could be anything, or Hessian would not give it back as it was */
    static FieldTypes of(ServiceInterface methods) {
        FieldTypes types = new FieldTypes(methods.type());
        for (ServiceMethod method : methods.methods()) {
            for (ServiceParameter parameter : method.parameters()) {
                types.add(parameter.type(), method.name() + "(" + parameter.name() + ")", false);
            }
            types.add(method.result(), method.name() + "()", false);
            types.described.put("method " + method.name(), method.canonical());
        }
        return types;
    }

    /** Returns the names of the classes that may stand on the wire. */
    Set<String> names() {
        return names;
    }

    Class<?> service() {
        return service;
    }

    long hash() {
        return TypesHash.of("moa hessian types 1", described);
    }

    @Override
    public String toString() {
        return own.isEmpty() ? "no classes of its own" : String.join(", ", own);
    }

    private void add(JavaType type, String where, boolean element) {
        Class<?> raw = type.getRawClass();
        if (type.isPrimitive() || PLAIN.contains(raw) || (!element && NARROW.contains(raw))) {
            return;
        }
        if (NAMED.contains(raw)) {
            names.add(raw.getName());
        } else if (raw.getPackageName().equals("java.time")) {
            addTime();
        } else if (type.isArrayType()) {
            add(type.getContentType(), where, !type.getContentType().isPrimitive());
        } else if (LISTS.contains(raw)) {
            add(type.getContentType(), where, true);
        } else if (SETS.contains(raw)) {
            names.add(LinkedHashSet.class.getName());
            addKey(type.getContentType(), where);
        } else if (MAPS.contains(raw)) {
            names.add(LinkedHashMap.class.getName());
            addKey(type.getKeyType(), where);
            add(type.getContentType(), where, true);
        } else if (type.isEnumType()) {
            names.add(raw.getName());
            own.add(raw.getName());
            described.put(
                    type.toCanonical(),
                    Stream.of(raw.getEnumConstants())
                            .map(constant -> ((Enum<?>) constant).name())
                            .collect(Collectors.joining(",")));
        } else {
            addFields(type, where);
        }
    }

    private void addTime() {
        for (String value : List.of(
                "Duration",
                "Instant",
                "LocalDate",
                "LocalDateTime",
                "LocalTime",
                "MonthDay",
                "OffsetDateTime",
                "OffsetTime",
                "Period",
                "Year",
                "YearMonth",
                "ZoneId",
                "ZoneOffset",
                "ZonedDateTime")) {
            names.add(TIME_HANDLES + value + "Handle");
        }
    }

    /** What is hashed is a plain value: containers and objects within one another can take for ever to hash. */
    private void addKey(JavaType type, String where) {
        Class<?> raw = type.getRawClass();
        if (!type.isEnumType()
                && !PLAIN.contains(raw)
                && !NAMED.contains(raw)
                && !raw.getPackageName().equals("java.time")) {
            throw open(type, where);
        }
        add(type, where, true);
    }

    private void addFields(JavaType type, String where) {
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
        Map<String, JavaType> fields = new TreeMap<>();
        for (JavaType level = type; level != null && !level.hasRawClass(Object.class); level = level.getSuperClass()) {
            for (Field field : level.getRawClass().getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !Modifier.isTransient(field.getModifiers())) {
                    fields.put(
                            field.getName(),
                            Json.MAPPER
                                    .getTypeFactory()
                                    .resolveMemberType(field.getGenericType(), level.getBindings()));
                }
            }
        }
        names.add(raw.getName());
        own.add(raw.getName());
        described.put(
                type.toCanonical(),
                fields.entrySet().stream()
                        .map(each -> each.getKey() + ":" + each.getValue().toCanonical())
                        .collect(Collectors.joining(",")));
        fields.forEach((name, field) -> add(field, where + " " + raw.getSimpleName() + "." + name, false));
    }

    private OpenTypeException open(JavaType type, String where) {
        return new OpenTypeException(
                "%s: %s at %s cannot go as Hessian (expected: records, classes, enums, lists of them, java.time, sets and maps with plain keys)"
                        .formatted(service.getName(), type.toCanonical(), where));
    }
}
