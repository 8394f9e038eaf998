package dev.moa.sdk.codec;

import java.lang.reflect.Type;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.type.TypeBindings;
import tools.jackson.databind.type.TypeFactory;

/** Java types as Jackson and as people read them. */
final class Types {

    private Types() {}

    /**
     * Returns {@code type}, which stands in {@code declaring}, as it is seen from {@code context}, a subtype: type
     * variables are resolved as far as they are known.
     */
    static JavaType resolve(Class<?> context, Class<?> declaring, Type type) {
        TypeFactory factory = Json.MAPPER.getTypeFactory();
        JavaType seen = factory.constructType(context).findSuperType(declaring);
        return factory.resolveMemberType(type, seen == null ? TypeBindings.emptyBindings() : seen.getBindings());
    }

    /** Returns {@code List<User>} for {@code java.util.List<com.example.User>}. */
    static String show(JavaType type) {
        if (type.isArrayType()) {
            return show(type.getContentType()) + "[]";
        }
        String name = type.getRawClass().getSimpleName();
        if (type.containedTypeCount() == 0) {
            return name;
        }
        return name
                + IntStream.range(0, type.containedTypeCount())
                        .mapToObj(i -> show(type.containedType(i)))
                        .collect(Collectors.joining(", ", "<", ">"));
    }
}
