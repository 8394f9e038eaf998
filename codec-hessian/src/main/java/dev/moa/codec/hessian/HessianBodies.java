package dev.moa.codec.hessian;

import com.alibaba.com.caucho.hessian.io.Hessian2Output;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.StatusCode;
import dev.moa.sdk.codec.OutsideTypeException;
import dev.moa.sdk.codec.ServiceBodies;
import dev.moa.sdk.codec.ServiceInterface;
import dev.moa.sdk.codec.ServiceMethod;
import dev.moa.sdk.codec.ServiceParameter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;

/** Arguments as Hessian2 values one behind the other, results as one value. */
final class HessianBodies implements ServiceBodies {

    private final ServiceInterface methods;
    private final FieldTypes described;
    private final long types;
    private final OnlyListedFactory factory;

    HessianBodies(ServiceInterface methods, FieldTypes described) {
        this.methods = methods;
        this.described = described;
        this.types = described.hash();
        this.factory = new OnlyListedFactory(described);
    }

    @Override
    public Payload.Format format() {
        return Payload.Format.HESSIAN;
    }

    @Override
    public long types() {
        return types;
    }

    @Override
    public String describe() {
        return described.toString();
    }

    @Override
    public Payload writeArguments(ServiceMethod method, @Nullable Object @Nullable [] arguments) {
        return write(arguments == null ? new Object[0] : arguments).withTypes(types);
    }

    @Override
    public Payload writeResult(ServiceMethod method, @Nullable Object value) {
        return write(value);
    }

    @Override
    public @Nullable Object[] readArguments(ServiceMethod method, Payload body) {
        List<JavaType> expected =
                method.parameters().stream().map(ServiceParameter::type).toList();
        @Nullable Object[] values = new Object[expected.size()];
        try {
            BoundedInput in = new BoundedInput(body, factory);
            for (int i = 0; i < values.length; i++) {
                values[i] = read(in, expected.get(i));
            }
            if (!in.isEnd()) {
                throw new IOException("more follows");
            }
        } catch (Exception e) {
            // whatever a peer's bytes bring the library to throw
            throw new MoaException(
                    StatusCode.INVALID_ARGUMENT, "args: not those of %s: %s".formatted(method.signature(), why(e)), e);
        }
        return values;
    }

    @Override
    public @Nullable Object readResult(ServiceMethod method, Payload body) {
        if (method.result().hasRawClass(void.class) || method.result().hasRawClass(Void.class)) {
            return null;
        }
        try {
            return read(new BoundedInput(body, factory), method.result());
        } catch (Exception e) {
            throw new MoaException(
                    StatusCode.INTERNAL,
                    "the answer is not that of %s %s: %s"
                            .formatted(methods.type().getName(), method.name(), why(e)),
                    e);
        }
    }

    private Payload write(@Nullable Object... values) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try {
            Hessian2Output out = new Hessian2Output(bytes);
            out.setSerializerFactory(factory);
            for (Object value : values) {
                out.writeObject(value);
            }
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            OutsideTypeException outside = refusal(e);
            throw outside == null ? e : outside;
        }
        return Payload.of(Payload.Format.HESSIAN, bytes.toByteArray(), 0, bytes.size());
    }

    private static @Nullable Object read(BoundedInput in, JavaType type) throws IOException {
        Class<?> raw = type.getRawClass();
        Object value = in.readObject(raw);
        if (value == null ? raw.isPrimitive() : !raw.isPrimitive() && !raw.isInstance(value)) {
            throw new IOException("%s (expected: %s)"
                    .formatted(value == null ? "null" : value.getClass().getName(), type.toCanonical()));
        }
        return value;
    }

    private static String why(Throwable failure) {
        OutsideTypeException outside = refusal(failure);
        return String.valueOf((outside == null ? failure : outside).getMessage());
    }

    /** A refused class may come wrapped in the way to it. */
    private static @Nullable OutsideTypeException refusal(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof OutsideTypeException outside) {
                return outside;
            }
        }
        return null;
    }
}
