package dev.moa.codec.hessian;

import com.alibaba.com.caucho.hessian.io.AbstractHessianInput;
import com.alibaba.com.caucho.hessian.io.Deserializer;
import java.io.IOException;

/** Looks at a length that a peer gives before memory is taken for it. */
record BoundedDeserializer(Deserializer inner) implements Deserializer {

    /** More fields than any class has. */
    private static final int MAX_FIELDS = 1_024;

    @Override
    public Class<?> getType() {
        return inner.getType();
    }

    @Override
    public boolean isReadResolve() {
        return inner.isReadResolve();
    }

    @Override
    public Object readObject(AbstractHessianInput in) throws IOException {
        return inner.readObject(in);
    }

    @Override
    public Object readList(AbstractHessianInput in, int length) throws IOException {
        requireRoom(in, length);
        return inner.readList(in, length);
    }

    @Override
    public Object readLengthList(AbstractHessianInput in, int length) throws IOException {
        requireRoom(in, length);
        return inner.readLengthList(in, length);
    }

    @Override
    public Object readList(AbstractHessianInput in, int length, Class<?> element) throws IOException {
        requireRoom(in, length);
        return inner.readList(in, length, element);
    }

    @Override
    public Object readLengthList(AbstractHessianInput in, int length, Class<?> element) throws IOException {
        requireRoom(in, length);
        return inner.readLengthList(in, length, element);
    }

    @Override
    public Object readMap(AbstractHessianInput in) throws IOException {
        return inner.readMap(in);
    }

    @Override
    public Object readMap(AbstractHessianInput in, Class<?> key, Class<?> value) throws IOException {
        return inner.readMap(in, key, value);
    }

    @Override
    public Object[] createFields(int count) {
        if (count < 0 || count > MAX_FIELDS) {
            throw new BoundExceededException("%d fields (expected: at most %d)".formatted(count, MAX_FIELDS));
        }
        return inner.createFields(count);
    }

    @Override
    public Object createField(String name) {
        return inner.createField(name);
    }

    @Override
    public Object readObject(AbstractHessianInput in, Object[] fields) throws IOException {
        return inner.readObject(in, fields);
    }

    @Override
    public Object readObject(AbstractHessianInput in, String[] fields) throws IOException {
        return inner.readObject(in, fields);
    }

    static void requireRoom(AbstractHessianInput in, int length) {
        if (in instanceof BoundedInput bounded) {
            bounded.requireRoomFor(length);
        }
    }
}
