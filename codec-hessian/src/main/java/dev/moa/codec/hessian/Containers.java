package dev.moa.codec.hessian;

import com.alibaba.com.caucho.hessian.io.AbstractDeserializer;
import com.alibaba.com.caucho.hessian.io.AbstractHessianInput;
import com.alibaba.com.caucho.hessian.io.Deserializer;
import com.alibaba.com.caucho.hessian.io.Serializer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One kind of list, set and map. Elements of sets and keys of maps are plain values: a few sets within one another take
 * for ever to hash.
 */
final class Containers {

    static final Deserializer LIST = new Elements(List.class, false);
    static final Deserializer SET = new Elements(Set.class, true);
    static final Deserializer MAP = new Entries();

    static final Serializer WRITE_LIST = (value, out) -> {
        if (out.addRef(value)) {
            return;
        }
        Collection<?> list = (Collection<?>) value;
        boolean open = out.writeListBegin(list.size(), null);
        for (Object element : list) {
            out.writeObject(element);
        }
        if (open) {
            out.writeListEnd();
        }
    };

    static final Serializer WRITE_SET = (value, out) -> {
        if (out.addRef(value)) {
            return;
        }
        Collection<?> set = (Collection<?>) value;
        boolean open = out.writeListBegin(set.size(), LinkedHashSet.class.getName());
        for (Object element : set) {
            out.writeObject(element);
        }
        if (open) {
            out.writeListEnd();
        }
    };

    static final Serializer WRITE_MAP = (value, out) -> {
        if (out.addRef(value)) {
            return;
        }
        out.writeMapBegin(null);
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
            out.writeObject(entry.getKey());
            out.writeObject(entry.getValue());
        }
        out.writeMapEnd();
    };

    private Containers() {}

    static @Nullable Deserializer deserializer(String name) {
        return name.equals(LinkedHashSet.class.getName())
                ? SET
                : name.equals(LinkedHashMap.class.getName()) ? MAP : null;
    }

    static @Nullable Deserializer deserializer(Class<?> type) {
        if (Set.class.isAssignableFrom(type)) {
            return SET;
        }
        return Collection.class.isAssignableFrom(type) ? LIST : Map.class.isAssignableFrom(type) ? MAP : null;
    }

    private static Object requireValue(@Nullable Object key) throws IOException {
        boolean value = key instanceof Enum
                || (key != null
                        && key.getClass().getPackageName().startsWith("java.")
                        && !key.getClass().isArray()
                        && !(key instanceof Collection)
                        && !(key instanceof Map));
        if (!value) {
            throw new IOException("%s as a key (expected: a value)"
                    .formatted(key == null ? "null" : key.getClass().getName()));
        }
        return Objects.requireNonNull(key);
    }

    private static final class Elements extends AbstractDeserializer {
        private final Class<?> type;
        private final boolean unique;

        Elements(Class<?> type, boolean unique) {
            this.type = type;
            this.unique = unique;
        }

        @Override
        public Class<?> getType() {
            return type;
        }

        @Override
        public Object readLengthList(AbstractHessianInput in, int length) throws IOException {
            BoundedDeserializer.requireRoom(in, length);
            Collection<@Nullable Object> elements = create(in);
            for (int i = 0; i < length; i++) {
                add(elements, in);
            }
            return elements;
        }

        @Override
        public Object readList(AbstractHessianInput in, int length) throws IOException {
            BoundedDeserializer.requireRoom(in, length);
            Collection<@Nullable Object> elements = create(in);
            while (!in.isEnd()) {
                add(elements, in);
            }
            in.readEnd();
            return elements;
        }

        @Override
        public Object readList(AbstractHessianInput in, int length, Class<?> element) throws IOException {
            return readList(in, length);
        }

        @Override
        public Object readLengthList(AbstractHessianInput in, int length, Class<?> element) throws IOException {
            return readLengthList(in, length);
        }

        private Collection<@Nullable Object> create(AbstractHessianInput in) throws IOException {
            Collection<@Nullable Object> elements = unique ? new LinkedHashSet<>() : new ArrayList<>();
            in.addRef(elements);
            return elements;
        }

        private void add(Collection<@Nullable Object> elements, AbstractHessianInput in) throws IOException {
            Object element = in.readObject();
            elements.add(unique ? requireValue(element) : element);
        }
    }

    private static final class Entries extends AbstractDeserializer {
        @Override
        public Class<?> getType() {
            return Map.class;
        }

        @Override
        public Object readMap(AbstractHessianInput in) throws IOException {
            Map<Object, @Nullable Object> entries = new LinkedHashMap<>();
            in.addRef(entries);
            while (!in.isEnd()) {
                Object key = requireValue(in.readObject());
                entries.put(key, in.readObject());
            }
            in.readEnd();
            return entries;
        }

        @Override
        public Object readMap(AbstractHessianInput in, Class<?> key, Class<?> value) throws IOException {
            return readMap(in);
        }
    }
}
