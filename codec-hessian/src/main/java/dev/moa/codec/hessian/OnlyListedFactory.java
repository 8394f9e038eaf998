package dev.moa.codec.hessian;

import com.alibaba.com.caucho.hessian.io.AbstractHessianInput;
import com.alibaba.com.caucho.hessian.io.Deserializer;
import com.alibaba.com.caucho.hessian.io.FieldDeserializer2Factory;
import com.alibaba.com.caucho.hessian.io.HessianProtocolException;
import com.alibaba.com.caucho.hessian.io.JavaDeserializer;
import com.alibaba.com.caucho.hessian.io.JavaSerializer;
import com.alibaba.com.caucho.hessian.io.Serializer;
import com.alibaba.com.caucho.hessian.io.SerializerFactory;
import dev.moa.sdk.codec.OutsideTypeException;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Knows the listed classes and refuses any other by name, before the library looks for it. Lists, sets and maps are
 * written and read as one kind of each, whatever the program used.
 */
@SuppressWarnings({"rawtypes", "unchecked"}) // as the library declares them
final class OnlyListedFactory extends SerializerFactory {

    private static final Set<String> ARRAYS =
            Set.of("boolean", "byte", "short", "int", "long", "float", "double", "char", "string", "date", "object");

    private final FieldTypes types;

    OnlyListedFactory(FieldTypes types) {
        super(types.service().getClassLoader());
        this.types = types;
        // what may travel is said by the list, not by an interface that classes happen to implement
        setAllowNonSerializable(true);
    }

    /** Reflection checks what it puts into a field; the library's other way does not. */
    @Override
    protected Deserializer getDefaultDeserializer(Class type) {
        return type.isRecord()
                ? super.getDefaultDeserializer(type)
                : new JavaDeserializer(type, new FieldDeserializer2Factory());
    }

    @Override
    protected Serializer getDefaultSerializer(Class type) {
        return type.isRecord() ? super.getDefaultSerializer(type) : JavaSerializer.create(type);
    }

    /** No class is looked for by a name that is made up from another. */
    @Override
    protected @Nullable Deserializer getCustomDeserializer(Class type) {
        return null;
    }

    // ---- in

    @Override
    public @Nullable Deserializer getDeserializer(@Nullable String type) throws HessianProtocolException {
        if (type == null || type.isEmpty()) {
            return null;
        }
        int dimensions = 0;
        while (dimensions < type.length() && type.charAt(dimensions) == '[') {
            dimensions++;
        }
        String element = type.substring(dimensions);
        if (dimensions > 0 && ARRAYS.contains(element) && !element.equals("object")) {
            return new BoundedDeserializer(super.getDeserializer(type));
        }
        if (!types.names().contains(element)) {
            throw new OutsideTypeException(shorten(element), types.service().getName());
        }
        Deserializer own = Containers.deserializer(element);
        return own != null && dimensions == 0 ? own : new BoundedDeserializer(super.getDeserializer(type));
    }

    @Override
    public Deserializer getDeserializer(Class type) throws HessianProtocolException {
        Deserializer own = Containers.deserializer(type);
        return own != null ? own : new BoundedDeserializer(super.getDeserializer(type));
    }

    @Override
    public Deserializer getObjectDeserializer(@Nullable String type, @Nullable Class expected)
            throws HessianProtocolException {
        Deserializer named = getDeserializer(type);
        return named != null ? named : getDeserializer(expected == null ? Map.class : expected);
    }

    @Override
    public Deserializer getObjectDeserializer(@Nullable String type) throws HessianProtocolException {
        return getObjectDeserializer(type, null);
    }

    @Override
    public Deserializer getListDeserializer(@Nullable String type, @Nullable Class expected)
            throws HessianProtocolException {
        Deserializer named = getDeserializer(type);
        if (named != null) {
            return named;
        }
        return expected == null || (!expected.isArray() && !Collection.class.isAssignableFrom(expected))
                ? Containers.LIST
                : getDeserializer(expected);
    }

    @Override
    public Deserializer getListDeserializer(@Nullable String type) throws HessianProtocolException {
        return getListDeserializer(type, null);
    }

    @Override
    public Object readMap(AbstractHessianInput in, @Nullable String type) throws IOException {
        Deserializer named = getDeserializer(type);
        return (named == null ? Containers.MAP : named).readMap(in);
    }

    @Override
    public Object readList(AbstractHessianInput in, int length, @Nullable String type) throws IOException {
        return getListDeserializer(type, null).readList(in, length);
    }

    @Override
    public Class<?> loadSerializedClass(String name) throws ClassNotFoundException {
        if (!types.names().contains(name)) {
            throw new OutsideTypeException(shorten(name), types.service().getName());
        }
        return super.loadSerializedClass(name);
    }

    // ---- out

    @Override
    public Serializer getSerializer(Class type) throws HessianProtocolException {
        if (Collection.class.isAssignableFrom(type)) {
            return Set.class.isAssignableFrom(type) ? Containers.WRITE_SET : Containers.WRITE_LIST;
        }
        if (Map.class.isAssignableFrom(type)) {
            return Containers.WRITE_MAP;
        }
        Class<?> element = type;
        while (element.isArray()) {
            element = element.getComponentType();
        }
        Class<?> named =
                element.getSuperclass() != null && element.getSuperclass().isEnum() ? element.getSuperclass() : element;
        if (!named.isPrimitive()
                && !isPlain(named)
                && !named.getPackageName().startsWith("java.time")
                && !types.names().contains(named.getName())) {
            throw new OutsideTypeException(named.getName(), types.service().getName());
        }
        return super.getSerializer(type);
    }

    private static boolean isPlain(Class<?> type) {
        return type == String.class
                || Number.class.isAssignableFrom(type) && type.getPackageName().equals("java.lang")
                || type == Boolean.class
                || type == Character.class
                || type == java.util.Date.class;
    }

    private static String shorten(String name) {
        return name.length() <= 200 ? name : name.substring(0, 200) + "…";
    }
}
