package dev.moa.sdk.codec;

import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.StatusCode;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.ser.PropertyWriter;

/**
 * The exceptions that a method declares: what of them travels, and the way back from a failure to the exception.
 *
 * <p>Only classes that the interface itself declares are ever built, by their exact names, and no JDK classes, which
 * would look as if something had failed at the caller. A failure that none of them fits stays a {@link MoaException}.
 * An exception is built as Jackson builds it: by a constructor whose parameters are named like its properties, or one
 * that takes the message, or one without parameters.
 */
final class DeclaredExceptions {

    /** Where a failure is put, and what every exception has: none of it is for the peer to fill. */
    private static final List<String> NOT_ITS_OWN =
            List.of("type", "declared", "cause", "suppressed", "stackTrace", "localizedMessage");

    /** A method that declares one of these has decided nothing about what may be shown: it counts as not declared. */
    private static final Set<Class<?>> TELL_NOTHING =
            Set.of(Throwable.class, Exception.class, RuntimeException.class, Error.class);

    private final List<Class<?>> declared;
    private final Map<String, Class<?>> ownByName = new LinkedHashMap<>();

    DeclaredExceptions(Method method) {
        this.declared = Arrays.stream(method.getExceptionTypes())
                .filter(each -> !TELL_NOTHING.contains(each))
                .toList();
        for (Class<?> each : declared) {
            if (!each.getName().startsWith("java.")
                    && !each.getName().startsWith("javax.")
                    && !MoaException.class.isAssignableFrom(each)
                    && !Modifier.isAbstract(each.getModifiers())) {
                ownByName.put(each.getName(), each);
            }
        }
    }

    List<Class<?>> declared() {
        return declared;
    }

    /** Returns the declared class that {@code thrown} is of, its own or the nearest above it; null for none. */
    @Nullable
    Class<?> classOf(Throwable thrown) {
        Class<?> nearest = null;
        for (Class<?> each : declared) {
            if (each.isInstance(thrown) && (nearest == null || nearest.isAssignableFrom(each))) {
                nearest = each;
            }
        }
        return nearest;
    }

    /** Returns what each exception looks like, by its name: its properties and their types. */
    SortedMap<String, String> describe() {
        SortedMap<String, String> described = new TreeMap<>();
        ownByName.forEach((name, type) -> {
            List<String> properties = new ArrayList<>();
            try {
                Iterator<PropertyWriter> each = Json.FAILURES
                        ._serializationContext()
                        .findValueSerializer(Json.FAILURES.constructType(type))
                        .properties();
                each.forEachRemaining(property -> properties.add(
                        property.getName() + ":" + property.getType().toCanonical()));
            } catch (JacksonException e) {
                properties.add("not written");
            }
            described.put(name, String.join(",", properties));
        });
        return described;
    }

    /** Returns the exception that {@code failure} tells of, with the failure for its cause; the failure itself if none fits. */
    Throwable restore(MoaException failure) {
        Payload details = failure.details();
        if (ownByName.isEmpty() || failure.code() != StatusCode.UNKNOWN || details == null) {
            return failure;
        }
        try {
            if (!(Json.MAPPER.readTree(details.array(), details.offset(), details.length())
                    instanceof ObjectNode properties)) {
                return failure;
            }
            Class<?> type = ownByName.get(properties.path("type").asString(""));
            type = type == null ? ownByName.get(properties.path("declared").asString("")) : type;
            if (type == null) {
                return failure;
            }
            properties.remove(NOT_ITS_OWN);
            properties.put("message", failure.getMessage());
            Object built = Json.MAPPER.treeToValue(properties, type);
            return built instanceof Throwable restored ? causedBy(restored, failure) : failure;
        } catch (RuntimeException e) {
            // of Jackson, or of a constructor or setter of the exception itself
            failure.addSuppressed(e);
            return failure;
        }
    }

    private static Throwable causedBy(Throwable restored, MoaException failure) {
        // not that of the one who built it
        restored.setStackTrace(failure.getStackTrace());
        if (restored.getCause() == null) {
            try {
                restored.initCause(failure);
            } catch (IllegalStateException given) {
                restored.addSuppressed(failure);
            }
        }
        return restored;
    }
}
