package dev.moa.sdk.codec;

import dev.moa.protocol.MethodName;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.sdk.annotation.Idempotent;
import dev.moa.sdk.annotation.MoaMethod;
import dev.moa.sdk.annotation.NonBlocking;
import dev.moa.sdk.annotation.Oneway;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;

/** One method of a service interface: its name, its types, and the way between its values and JSON. Immutable. */
public final class ServiceMethod {

    private final String name;
    private final Method method;
    private final List<ServiceParameter> parameters;
    private final ArgumentReader argumentReader;
    private final JavaType result;
    private final ObjectReader resultReader;
    private final ObjectWriter resultWriter;
    private final DeclaredExceptions exceptions;
    private final boolean async;
    private final boolean scalar;
    private final boolean idempotent;
    private final boolean nonBlocking;
    private final boolean oneway;
    private final @Nullable Duration timeout;
    private final int maxInFlight;

    private ServiceMethod(Class<?> type, Method method) {
        MoaMethod settings = method.getAnnotation(MoaMethod.class);
        this.name =
                MethodName.require(settings == null || settings.name().isEmpty() ? method.getName() : settings.name());
        if (MethodName.isBuiltIn(name)) {
            throw new IllegalArgumentException(
                    "method: '%s' of %s (expected: no leading $, which is for built-in methods)"
                            .formatted(name, type.getName()));
        }
        this.method = method;
        this.parameters = IntStream.range(0, method.getParameterCount())
                .mapToObj(i -> ServiceParameter.of(type, method, i))
                .toList();
        this.async = CompletionStage.class.isAssignableFrom(method.getReturnType());
        this.result = Types.resolve(
                type, method.getDeclaringClass(), async ? stageOf(method) : method.getGenericReturnType());
        this.resultReader = Json.MAPPER.readerFor(result);
        this.resultWriter = result.hasRawClass(Object.class) || result.hasRawClass(void.class)
                ? Json.MAPPER.writer()
                : Json.MAPPER.writerFor(result);
        this.exceptions = new DeclaredExceptions(method);
        this.scalar = Scalars.carry(parameters, result);
        this.idempotent = marked(type, method, Idempotent.class);
        this.nonBlocking = marked(type, method, NonBlocking.class);
        this.oneway = method.isAnnotationPresent(Oneway.class);
        if (oneway && !isVoid()) {
            throw new IllegalArgumentException("method: %s of %s is @Oneway (expected: void or CompletionStage<Void>)"
                    .formatted(name, type.getName()));
        }
        this.timeout = settings == null || settings.timeoutMs() <= 0 ? null : Duration.ofMillis(settings.timeoutMs());
        this.maxInFlight = settings == null ? 0 : settings.maxInFlight();
        if (maxInFlight < 0) {
            throw new IllegalArgumentException(
                    "maxInFlight: %d of %s in %s (expected: >= 0)".formatted(maxInFlight, name, type.getName()));
        }
        this.argumentReader = new ArgumentReader(signature(), parameters);
        method.setAccessible(true);
    }

    static ServiceMethod of(Class<?> type, Method method) {
        return new ServiceMethod(type, method);
    }

    /** Returns the name on the wire. */
    public String name() {
        return name;
    }

    /** Returns the Java method. */
    public Method method() {
        return method;
    }

    /** Returns the parameters, in order. */
    public List<ServiceParameter> parameters() {
        return parameters;
    }

    /** Returns the type of the result; that within the stage, for a method that returns a stage. */
    public JavaType result() {
        return result;
    }

    /** Returns whether the method returns a {@link CompletionStage}. */
    public boolean isAsync() {
        return async;
    }

    /** Returns whether it takes and gives only texts, whole numbers and booleans, for which JSON is the shortest way. */
    public boolean isScalar() {
        return scalar;
    }

    /** Returns whether calling twice does what calling once does. */
    public boolean isIdempotent() {
        return idempotent;
    }

    /** Returns whether the method may run on an event loop. */
    public boolean isNonBlocking() {
        return nonBlocking;
    }

    /** Returns how many of its calls an instance takes at once; 0 means no limit of its own. */
    public int maxInFlight() {
        return maxInFlight;
    }

    /** Returns whether its callers want no answer. */
    public boolean isOneway() {
        return oneway;
    }

    private boolean isVoid() {
        return result.hasRawClass(void.class) || result.hasRawClass(Void.class);
    }

    /** Returns the timeout of its calls, or null for the client's. */
    public @Nullable Duration timeout() {
        return timeout;
    }

    /** Returns the method as a line for people: {@code find(id: long, name: String): User}. */
    public String signature() {
        return name + '('
                + parameters.stream().map(ServiceParameter::toString).collect(Collectors.joining(", "))
                + "): " + Types.show(result);
    }

    /** Returns the exceptions that the method declares; none of {@code Exception} and the like, which tell nothing. */
    public List<Class<?>> declared() {
        return exceptions.declared();
    }

    /** Returns the exception class that the method declares and {@code thrown} is of; null for none. */
    public @Nullable Class<?> declared(Throwable thrown) {
        return exceptions.classOf(thrown);
    }

    /**
     * Returns what a failed call throws at its caller: the exception that the method declares if {@code failure} tells
     * of one, with {@code failure} for its cause, else {@code failure}.
     */
    public Throwable restore(MoaException failure) {
        return exceptions.restore(failure);
    }

    /**
     * Returns the method as both ends must see it to understand each other's binary bodies: its types, and the properties
     * of the exceptions that it declares.
     */
    public String canonical() {
        SortedMap<String, String> thrown = exceptions.describe();
        return parameters.stream()
                        .map(parameter -> parameter.type().toCanonical())
                        .collect(Collectors.joining(",", "(", ")"))
                + result.toCanonical()
                + (thrown.isEmpty() ? "" : " throws " + thrown);
    }

    /**
     * Decodes arguments given by position or by name.
     *
     * @throws MoaException INVALID_ARGUMENT that names the parameter, the value and what was expected
     */
    public @Nullable Object[] readArguments(Payload args) {
        return argumentReader.read(args);
    }

    /** Encodes arguments by position. */
    public Payload writeArguments(@Nullable Object @Nullable [] arguments) {
        return ArgumentWriter.write(parameters, arguments);
    }

    /** Encodes a result; one of a method that returns nothing is JSON {@code null}. */
    public Payload writeResult(@Nullable Object value) {
        if (value == null) {
            return Payload.NULL;
        }
        Payload plain = Scalars.write(result, value);
        return plain == null ? Payload.json(resultWriter.writeValueAsBytes(value)) : plain;
    }

    /** Decodes a result. */
    public @Nullable Object readResult(Payload json) {
        if (isVoid()) {
            return null;
        }
        Object plain = Scalars.read(result, json);
        return plain == null ? resultReader.readValue(json.array(), json.offset(), json.length()) : plain;
    }

    String erasure() {
        return method.getName() + Arrays.toString(method.getParameterTypes());
    }

    @Override
    public String toString() {
        return signature();
    }

    private static boolean marked(
            Class<?> type, Method method, Class<? extends java.lang.annotation.Annotation> annotation) {
        return method.isAnnotationPresent(annotation)
                || method.getDeclaringClass().isAnnotationPresent(annotation)
                || type.isAnnotationPresent(annotation);
    }

    private static Type stageOf(Method method) {
        if (method.getGenericReturnType() instanceof ParameterizedType stage
                && stage.getActualTypeArguments().length == 1) {
            Type argument = stage.getActualTypeArguments()[0];
            return argument instanceof WildcardType wildcard ? wildcard.getUpperBounds()[0] : argument;
        }
        return Object.class;
    }
}
