package dev.moa.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A body as it travels: bytes and what they are. A proxy hands it on as it came; only the two ends decode it.
 *
 * <p>The array is shared, never copied; nobody changes it once it is in a payload.
 */
public final class Payload {

    /** What the bytes are. */
    public enum Format {
        /** UTF-8 JSON: for arguments an array or an object, for results any value. */
        JSON(1),
        /** CBOR without names: only between two ends that derived the same types from the service's interface. */
        CBOR(2),
        /** Hessian2, on the same condition. */
        HESSIAN(3);

        private final int contentType;

        Format(int contentType) {
            this.contentType = contentType;
        }

        /** Returns the number that says so in moa frames. */
        public int contentType() {
            return contentType;
        }

        /** Returns the format with this number in moa frames, or null if there is none. */
        public static @Nullable Format of(long contentType) {
            return contentType == 1 ? JSON : contentType == 2 ? CBOR : contentType == 3 ? HESSIAN : null;
        }
    }

    /**
     * Details of a refusal: the receiver has not derived the types that the request's body was written with. The call
     * was not started; the same arguments as JSON will be taken.
     */
    public static final Payload JSON_EXPECTED = json("{\"started\":false,\"expected\":\"application/json\"}");

    /** JSON {@code []}: a call without arguments. */
    public static final Payload NO_ARGUMENTS = json("[]");

    /** JSON {@code null}: the result of a method that returns nothing. */
    public static final Payload NULL = json("null");

    private final Format format;
    private final byte[] array;
    private final int offset;
    private final int length;
    private final long types;

    private Payload(Format format, byte[] array, int offset, int length, long types) {
        this.format = format;
        this.array = array;
        this.offset = offset;
        this.length = length;
        this.types = types;
    }

    /** Returns a payload over a part of {@code array}, which is not copied. */
    public static Payload of(Format format, byte[] array, int offset, int length) {
        if (offset < 0 || length < 0 || offset > array.length - length) {
            throw new IndexOutOfBoundsException("offset %d, length %d of %d".formatted(offset, length, array.length));
        }
        return new Payload(format, array, offset, length, 0);
    }

    /** Returns a JSON payload over {@code utf8}, which is neither copied nor checked. */
    public static Payload json(byte[] utf8) {
        return new Payload(Format.JSON, utf8, 0, utf8.length, 0);
    }

    /** Returns a JSON payload; {@code text} is not checked. */
    public static Payload json(String text) {
        return json(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns how the bytes are to be read. */
    public Format format() {
        return format;
    }

    /**
     * Returns the hash of the types that the sender derived from the service's interface; 0 where it says none. It
     * goes beside the body in moa frames, and is lost on the other faces.
     */
    public long types() {
        return types;
    }

    /** Returns the same bytes beside another hash of types. */
    public Payload withTypes(long hash) {
        return hash == types ? this : new Payload(format, array, offset, length, hash);
    }

    /** Returns the shared array; the payload is {@link #length()} bytes from {@link #offset()}. */
    public byte[] array() {
        return array;
    }

    /** Returns where in {@link #array()} the value begins, in bytes. */
    public int offset() {
        return offset;
    }

    /** Returns the length in bytes. */
    public int length() {
        return length;
    }

    /** Returns the bytes as text; for JSON and for messages to people. */
    public String text() {
        return new String(array, offset, length, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Payload that
                && format == that.format
                && Arrays.equals(array, offset, offset + length, that.array, that.offset, that.offset + that.length);
    }

    @Override
    public int hashCode() {
        int hash = format.hashCode();
        for (int i = offset; i < offset + length; i++) {
            hash = 31 * hash + array[i];
        }
        return hash;
    }

    @Override
    public String toString() {
        if (format != Format.JSON) {
            return format + " (" + length + " bytes)";
        }
        return length <= 200
                ? text()
                : new String(array, offset, 200, StandardCharsets.UTF_8) + "… (" + length + " bytes)";
    }
}
