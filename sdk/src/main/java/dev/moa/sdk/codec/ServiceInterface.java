package dev.moa.sdk.codec;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The methods of a Java interface, by the name they have on the wire. Immutable. */
public final class ServiceInterface {

    private final Class<?> type;
    private final Map<String, ServiceMethod> byName;
    private final List<ServiceMethod> methods;
    private final Map<Method, ServiceMethod> byMethod;

    private ServiceInterface(Class<?> type, Map<String, ServiceMethod> byName, Map<Method, ServiceMethod> byMethod) {
        this.type = type;
        this.byName = Map.copyOf(byName);
        this.methods = List.copyOf(byName.values());
        this.byMethod = Map.copyOf(byMethod);
    }

    /**
     * Reads an interface with everything it inherits.
     *
     * @throws IllegalArgumentException if {@code type} is not an interface, or two methods share a name, with all
     *     that is wrong at once
     */
    public static ServiceInterface of(Class<?> type) {
        if (!type.isInterface()) {
            throw new IllegalArgumentException("type: %s (expected: an interface)".formatted(type.getName()));
        }
        Map<String, List<ServiceMethod>> named = new LinkedHashMap<>();
        Map<Method, ServiceMethod> byMethod = new LinkedHashMap<>();
        Stream.of(type.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()) && !method.isBridge())
                .sorted(Comparator.comparing(Method::getName).thenComparing(Method::toGenericString))
                .forEach(method -> {
                    ServiceMethod read = ServiceMethod.of(type, method);
                    byMethod.put(method, read);
                    named.computeIfAbsent(read.name(), any -> new ArrayList<>()).add(read);
                });
        if (named.isEmpty()) {
            throw new IllegalArgumentException("type: %s (expected: at least one method)".formatted(type.getName()));
        }
        Map<String, ServiceMethod> byName = new LinkedHashMap<>();
        List<String> overloaded = new ArrayList<>();
        named.forEach((name, methods) -> {
            // the same method inherited from two interfaces is one method
            if (methods.stream().map(ServiceMethod::erasure).distinct().count() > 1) {
                overloaded.add(name + ": "
                        + methods.stream().map(ServiceMethod::signature).collect(Collectors.joining(", ")));
            }
            byName.put(name, methods.get(0));
        });
        if (!overloaded.isEmpty()) {
            throw new IllegalArgumentException(
                    "type: %s has overloaded methods, which callers cannot tell apart (expected: a name of its own by"
                                    .formatted(type.getName())
                            + " @MoaMethod(name = …) for each of " + String.join("; ", overloaded) + ")");
        }
        return new ServiceInterface(type, byName, byMethod);
    }

    /** Returns the Java interface. */
    public Class<?> type() {
        return type;
    }

    /** Returns the method of this name, or null. */
    public @Nullable ServiceMethod method(String name) {
        return byName.get(name);
    }

    /** Returns what stands for a Java method of the interface, or null if it is not one. */
    public @Nullable ServiceMethod method(Method method) {
        return byMethod.get(method);
    }

    /** Returns all methods, by name. */
    public Collection<ServiceMethod> methods() {
        return methods;
    }
}
