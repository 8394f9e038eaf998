package dev.moa.sdk.codec;

import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.StatusCode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.util.ByteArrayBuilder;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.dataformat.cbor.CBORMapper;

/** Arguments as a CBOR array by position, results as a CBOR value. */
final class CborBodies implements ServiceBodies {

    /**
     * How values of one type are written and read; a string needs neither.
     *
     * @param only the class that values must be of; null where the mapper looks at it by itself
     */
    private record Values(boolean text, @Nullable Class<?> only, ObjectWriter writer, ObjectReader reader) {}

    private record Bodies(List<Values> parameters, Values result, boolean isVoid) {}

    private final ServiceInterface methods;
    private final InterfaceTypes described;
    private final long types;
    private final CBORMapper mapper;
    private final Map<String, Bodies> byMethod = new HashMap<>();

    CborBodies(ServiceInterface methods, InterfaceTypes described, CBORMapper mapper) {
        this.methods = methods;
        this.described = described;
        this.types = described.hash(Payload.Format.CBOR);
        this.mapper = mapper;
        for (ServiceMethod method : methods.methods()) {
            JavaType result = method.result();
            byMethod.put(
                    method.name(),
                    new Bodies(
                            method.parameters().stream()
                                    .map(parameter -> values(parameter.type()))
                                    .toList(),
                            values(result),
                            result.hasRawClass(void.class) || result.hasRawClass(Void.class)));
        }
    }

    private Values values(JavaType type) {
        return new Values(
                type.hasRawClass(String.class),
                described.beans().containsKey(type.getRawClass()) ? type.getRawClass() : null,
                type.hasRawClass(void.class) ? mapper.writer() : mapper.writerFor(type),
                // other arguments follow
                mapper.readerFor(type).without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS));
    }

    @Override
    public Payload.Format format() {
        return Payload.Format.CBOR;
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
        List<Values> parameters = bodies(method).parameters();
        ByteArrayBuilder out = new ByteArrayBuilder(128);
        try (JsonGenerator generator = mapper.createGenerator(out)) {
            generator.writeStartArray(null, parameters.size());
            for (int i = 0; i < parameters.size(); i++) {
                write(generator, parameters.get(i), arguments == null ? null : arguments[i]);
            }
            generator.writeEndArray();
        } catch (JacksonException e) {
            throw refused(e);
        }
        return payload(out).withTypes(types);
    }

    @Override
    public @Nullable Object[] readArguments(ServiceMethod method, Payload body) {
        List<Values> parameters = bodies(method).parameters();
        @Nullable Object[] values = new Object[parameters.size()];
        try (JsonParser in = parser(body)) {
            boolean complete = in.nextToken() == JsonToken.START_ARRAY;
            for (int i = 0; complete && i < values.length; i++) {
                complete = in.nextToken() != JsonToken.END_ARRAY;
                if (complete) {
                    values[i] = read(in, parameters.get(i));
                }
            }
            if (!complete || in.nextToken() != JsonToken.END_ARRAY || in.nextToken() != null) {
                throw new MoaException(
                        StatusCode.INVALID_ARGUMENT,
                        "args: not %d values (expected: those of %s)".formatted(values.length, method.signature()));
            }
        } catch (JacksonException e) {
            throw new MoaException(
                    StatusCode.INVALID_ARGUMENT,
                    "args: not those of %s: %s".formatted(method.signature(), e.getOriginalMessage()),
                    e);
        }
        return values;
    }

    @Override
    public Payload writeResult(ServiceMethod method, @Nullable Object value) {
        ByteArrayBuilder out = new ByteArrayBuilder(128);
        try (JsonGenerator generator = mapper.createGenerator(out)) {
            write(generator, bodies(method).result(), value);
        } catch (JacksonException e) {
            throw refused(e);
        }
        return payload(out);
    }

    @Override
    public @Nullable Object readResult(ServiceMethod method, Payload body) {
        Bodies bodies = bodies(method);
        if (bodies.isVoid()) {
            return null;
        }
        try (JsonParser in = parser(body)) {
            in.nextToken();
            return read(in, bodies.result());
        } catch (JacksonException e) {
            throw new MoaException(
                    StatusCode.INTERNAL,
                    "the answer is not that of %s: %s".formatted(method.signature(), e.getOriginalMessage()),
                    e);
        }
    }

    private void write(JsonGenerator generator, Values values, @Nullable Object value) {
        if (value != null && values.only() != null && value.getClass() != values.only()) {
            throw new OutsideTypeException(
                    value.getClass().getName(), methods.type().getName());
        }
        if (value == null) {
            generator.writeNull();
        } else if (values.text()) {
            generator.writeString((String) value);
        } else {
            values.writer().writeValue(generator, value);
        }
    }

    private static @Nullable Object read(JsonParser in, Values values) {
        return values.text() && in.currentToken() == JsonToken.VALUE_STRING
                ? in.getString()
                : values.reader().readValue(in);
    }

    private JsonParser parser(Payload body) {
        return mapper.createParser(body.array(), body.offset(), body.length());
    }

    private Bodies bodies(ServiceMethod method) {
        Bodies bodies = byMethod.get(method.name());
        if (bodies == null) {
            throw new IllegalArgumentException("method: %s (expected: one of %s)"
                    .formatted(method.name(), methods.type().getName()));
        }
        return bodies;
    }

    private static Payload payload(ByteArrayBuilder out) {
        byte[] bytes = out.toByteArray();
        return Payload.of(Payload.Format.CBOR, bytes, 0, bytes.length);
    }

    /** A refused class may come wrapped with the way to it. */
    private static RuntimeException refused(JacksonException failure) {
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof OutsideTypeException outside) {
                return outside;
            }
        }
        return failure;
    }
}
