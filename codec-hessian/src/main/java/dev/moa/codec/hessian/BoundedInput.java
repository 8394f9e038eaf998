package dev.moa.codec.hessian;

import com.alibaba.com.caucho.hessian.io.Hessian2Input;
import dev.moa.protocol.Payload;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads one body: its nesting and its lengths are bounded. */
final class BoundedInput extends Hessian2Input {

    /** Values within one another; each counts once or twice, depending on the way the library goes. */
    private static final int MAX_DEPTH = 128;

    private final int size;
    private int depth;

    BoundedInput(Payload body, OnlyListedFactory factory) {
        this(new ByteArrayInputStream(body.array(), body.offset(), body.length()), body.length(), factory);
    }

    private BoundedInput(ByteArrayInputStream bytes, int size, OnlyListedFactory factory) {
        super(bytes);
        this.size = size;
        setSerializerFactory(factory);
    }

    /** @throws BoundExceededException if this many elements cannot be in the body, each of at least one byte */
    void requireRoomFor(int elements) {
        if (elements > size) {
            throw new BoundExceededException("%d elements in %d bytes".formatted(elements, size));
        }
    }

    @Override
    public @Nullable Object readObject() throws IOException {
        enter();
        try {
            return super.readObject();
        } finally {
            depth--;
        }
    }

    @Override
    @SuppressWarnings("rawtypes") // as it is declared there
    public @Nullable Object readObject(Class expected) throws IOException {
        enter();
        try {
            return super.readObject(expected);
        } finally {
            depth--;
        }
    }

    @Override
    @SuppressWarnings("rawtypes")
    public @Nullable Object readObject(Class expected, Class<?>... generics) throws IOException {
        enter();
        try {
            return super.readObject(expected, generics);
        } finally {
            depth--;
        }
    }

    @Override
    public @Nullable Object readObject(List<Class<?>> expected) throws IOException {
        enter();
        try {
            return super.readObject(expected);
        } finally {
            depth--;
        }
    }

    private void enter() {
        if (++depth > MAX_DEPTH) {
            throw new BoundExceededException("values nested deeper than " + MAX_DEPTH);
        }
    }
}
