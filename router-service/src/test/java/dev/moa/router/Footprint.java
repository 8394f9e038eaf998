package dev.moa.router;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of what moa's own objects reach, each object once, as a JVM with headers of 8 bytes and references of 4 lays
 * them out. It counts and does not measure, so that it says the same on every machine: moa's objects, text, arrays, maps
 * and collections; it does not look into what other libraries keep.
 */
final class Footprint {
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Object> todo = new ArrayDeque<>();
    private long bytes;

    private Footprint() {}

    static long bytes(Collection<?> roots) {
        Footprint footprint = new Footprint();
        roots.forEach(footprint::add);
        while (!footprint.todo.isEmpty()) {
            footprint.bytes += padded(footprint.open(footprint.todo.pop()));
        }
        return footprint.bytes;
    }

    private void add(@Nullable Object object) {
        if (object != null && !(object instanceof Enum<?>) && seen.add(object)) {
            todo.push(object);
        }
    }

    /** Returns the bytes of an object alone, before padding. */
    private long open(Object object) {
        Class<?> type = object.getClass();
        if (type.getName().startsWith("dev.moa.") && !type.isHidden() && !type.isArray()) {
            return fields(object, type);
        }
        if (object instanceof String text) {
            return 24 + padded(12 + text.length());
        }
        if (object instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                add(key);
                add(value);
            });
            return map instanceof ConcurrentHashMap ? 80 + 32L * map.size() : 32 + 16L * map.size();
        }
        if (object instanceof Collection<?> collection) {
            collection.forEach(this::add);
            return 40 + 4L * collection.size();
        }
        if (type.isArray()) {
            boolean isOfObjects = !type.componentType().isPrimitive();
            for (int i = 0; isOfObjects && i < Array.getLength(object); i++) {
                add(Array.get(object, i));
            }
            return 12 + (long) size(type.componentType()) * Array.getLength(object);
        }
        return object instanceof AtomicLong || object instanceof Number ? 16 : 0;
    }

    private long fields(Object object, Class<?> type) {
        long size = 8;
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            for (Field field : each.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())) {
                    size += size(field.getType());
                    if (each.getName().startsWith("dev.moa.")
                            && !field.getType().isPrimitive()) {
                        add(value(field, object));
                    }
                }
            }
        }
        return size;
    }

    private static @Nullable Object value(Field field, Object object) {
        try {
            field.setAccessible(true);
            return field.get(object);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int size(Class<?> type) {
        if (type == long.class || type == double.class) {
            return 8;
        }
        if (type == short.class || type == char.class) {
            return 2;
        }
        return type == byte.class || type == boolean.class ? 1 : 4;
    }

    private static long padded(long size) {
        return (size + 7) / 8 * 8;
    }
}
