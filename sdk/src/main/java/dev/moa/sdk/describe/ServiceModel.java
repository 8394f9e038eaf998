package dev.moa.sdk.describe;

import dev.moa.protocol.ServiceName;
import dev.moa.sdk.codec.ServiceInterface;
import dev.moa.sdk.codec.ServiceMethod;
import dev.moa.sdk.codec.ServiceParameter;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A service with every type that its methods name, followed to the end.
 *
 * @param methods by name
 * @param types those with a name of their own, by name
 */
record ServiceModel(ServiceName service, Class<?> type, List<MethodModel> methods, List<NamedType> types) {

    /** A method. */
    record MethodModel(
            ServiceMethod method, List<ParameterModel> parameters, JsonType result, List<NamedType> exceptions) {

        String name() {
            return method.name();
        }

        /** Returns {@code find(id: long, zone: String?): Person}; a parameter that may be left out ends in {@code ?}. */
        String signature() {
            return name()
                    + parameters.stream()
                            .map(each -> each.name() + ": " + each.type().text())
                            .collect(Collectors.joining(", ", "(", "): "))
                    + result.text();
        }
    }

    /** A parameter; an optional one has a type that may be null. */
    record ParameterModel(String name, JsonType type, boolean optional) {}

    static ServiceModel of(ServiceName service, ServiceInterface methods) {
        JsonTypes types = new JsonTypes();
        List<MethodModel> read = methods.methods().stream()
                .sorted(Comparator.comparing(ServiceMethod::name))
                .map(method -> read(method, types))
                .toList();
        return new ServiceModel(service, methods.type(), read, List.copyOf(types.named()));
    }

    /**
     * Returns 16 hexadecimal digits that change whenever the JSON of a method or type does: two instances with the
     * same digits can be called in the same way.
     */
    String hash() {
        StringBuilder text = new StringBuilder();
        for (MethodModel method : methods) {
            text.append(method.signature())
                    .append(method.exceptions().stream().map(each -> each.name).toList())
                    .append('\n');
        }
        for (NamedType type : types) {
            text.append(type.kind).append(' ').append(type.name).append(type.values);
            type.fields.forEach(field -> text.append(' ')
                    .append(field.name())
                    .append(':')
                    .append(field.type().schema()));
            type.members.forEach(member -> text.append(' ')
                    .append(member.tag())
                    .append(':')
                    .append(member.type().schema()));
            text.append('\n');
        }
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static MethodModel read(ServiceMethod method, JsonTypes types) {
        AnnotatedType[] seen = method.method().getAnnotatedParameterTypes();
        List<ParameterModel> parameters = new ArrayList<>();
        for (ServiceParameter parameter : method.parameters()) {
            JsonType type = types.of(parameter.type(), seen[parameters.size()]);
            parameters.add(new ParameterModel(
                    parameter.name(), parameter.optional() ? type.orNull() : type, parameter.optional()));
        }
        AnnotatedType result = method.method().getAnnotatedReturnType();
        if (method.isAsync()
                && result instanceof AnnotatedParameterizedType stage
                && stage.getAnnotatedActualTypeArguments().length == 1) {
            result = stage.getAnnotatedActualTypeArguments()[0];
        }
        List<NamedType> exceptions = new ArrayList<>();
        for (Class<?> declared : method.declared()) {
            exceptions.add(types.exception(declared));
        }
        return new MethodModel(method, parameters, types.of(method.result(), result), exceptions);
    }
}
