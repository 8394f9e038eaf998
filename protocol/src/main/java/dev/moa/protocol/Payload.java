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
        JSON
    }

    /** JSON {@code []}: a call without arguments. */
    public static final Payload NO_ARGUMENTS = json("[]");

    /** JSON {@code null}: the result of a method that returns nothing. */
    public static final Payload NULL = json("null");

    private final Format format;
    private final byte[] array;
    private final int offset;
    private final int length;

    private Payload(Format format, byte[] array, int offset, int length) {
        this.format = format;
        this.array = array;
        this.offset = offset;
        this.length = length;
    }

    /** Returns a payload over a part of {@code array}, which is not copied. */
    public static Payload of(Format format, byte[] array, int offset, int length) {
        if (offset < 0 || length < 0 || offset > array.length - length) {
            throw new IndexOutOfBoundsException("offset %d, length %d of %d".formatted(offset, length, array.length));
        }
        return new Payload(format, array, offset, length);
    }

    /** Returns a JSON payload over {@code utf8}, which is neither copied nor checked. */
    public static Payload json(byte[] utf8) {
        return new Payload(Format.JSON, utf8, 0, utf8.length);
    }

    /** Returns a JSON payload; {@code text} is not checked. */
    public static Payload json(String text) {
        return json(text.getBytes(StandardCharsets.UTF_8));
    }

    public Format format() {
        return format;
    }

    /** Returns the shared array; the payload is {@link #length()} bytes from {@link #offset()}. */
    public byte[] array() {
        return array;
    }

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
        return length <= 200
                ? text()
                : new String(array, offset, 200, StandardCharsets.UTF_8) + "… (" + length + " bytes)";
    }
}
