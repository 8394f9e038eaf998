package dev.moa.sdk.codec;

import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;

/**
 * One parameter of a method.
 *
 * @param name its name in the source (compiled with {@code -parameters}), else {@code arg0}, {@code arg1}, …
 * @param type its Java type
 * @param optional whether a caller may leave it out: {@link Optional} or {@code @Nullable}
 */
public record ServiceParameter(String name, JavaType type, boolean optional, ObjectReader reader, ObjectWriter writer) {

    static ServiceParameter of(Class<?> context, Method method, int index) {
        Parameter parameter = method.getParameters()[index];
        JavaType type = Types.resolve(context, method.getDeclaringClass(), method.getGenericParameterTypes()[index]);
        boolean optional = parameter.getType() == Optional.class
                || parameter.getAnnotatedType().isAnnotationPresent(Nullable.class);
        return new ServiceParameter(
                parameter.getName(),
                type,
                optional,
                // the other arguments follow
                Json.MAPPER.readerFor(type).without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS),
                type.hasRawClass(Object.class) ? Json.MAPPER.writer() : Json.MAPPER.writerFor(type));
    }

    /** Returns the type for people: {@code List<User>}. */
    public String typeName() {
        return Types.show(type);
    }

    /** Returns what stands for an argument that was left out. */
    @Nullable
    Object absent() {
        return type.hasRawClass(Optional.class) ? Optional.empty() : null;
    }

    @Override
    public String toString() {
        return name + ": " + typeName() + (optional ? "?" : "");
    }
}
