package dev.moa.sdk.describe;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What {@code $describe} answers.
 *
 * @param service the service's name
 * @param type the Java interface
 * @param hash changes whenever the JSON of a method or type does
 */
record Description(String service, String type, String hash, List<Method> methods, List<Type> types) {

    /**
     * A method.
     *
     * @param signature all of it on one line
     * @param exceptions the names of those that it declares; a failure's {@code details.type} has their Java class
     * @param timeoutMs how long its callers wait, in milliseconds; absent where the caller decides
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Method(
            String name,
            String signature,
            List<Parameter> parameters,
            String result,
            List<String> exceptions,
            boolean idempotent,
            boolean nonBlocking,
            boolean oneway,
            @Nullable Long timeoutMs) {}

    /** A parameter; one that is optional may be left out or null. */
    record Parameter(String name, String type, boolean optional) {}

    /** A type with a name: what of {@code fields}, {@code values} and {@code members} applies is there. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    record Type(
            String name, String kind, String javaType, List<Field> fields, List<String> values, List<String> members) {}

    /** A property of a record, bean or exception; the type of one that may be null or absent ends in {@code ?}. */
    record Field(String name, String type) {}

    static Description of(ServiceModel model) {
        return new Description(
                model.service().value(),
                model.type().getName(),
                model.hash(),
                model.methods().stream().map(Description::of).toList(),
                model.types().stream().map(Description::of).toList());
    }

    private static Method of(ServiceModel.MethodModel model) {
        Duration timeout = model.method().timeout();
        return new Method(
                model.name(),
                model.signature(),
                model.parameters().stream()
                        .map(each -> new Parameter(each.name(), each.type().text(), each.optional()))
                        .toList(),
                model.result().text(),
                model.exceptions().stream().map(each -> each.text).toList(),
                model.method().isIdempotent(),
                model.method().isNonBlocking(),
                model.method().isOneway(),
                timeout == null ? null : timeout.toMillis());
    }

    private static Type of(NamedType type) {
        return new Type(
                type.text,
                type.kind.name().toLowerCase(Locale.ROOT),
                type.type.getRawClass().getName(),
                type.fields.stream()
                        .map(each -> new Field(each.name(), each.type().text()))
                        .toList(),
                type.kind == NamedType.Kind.ENUM ? List.copyOf(type.values) : List.of(),
                type.members.stream().map(each -> each.type().text()).toList());
    }
}
