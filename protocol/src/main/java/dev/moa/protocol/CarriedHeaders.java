package dev.moa.protocol;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Header entries of a request that this version does not know, exactly as they came in a moa frame. A proxy hands
 * them on, so two ends can speak of something that the hops between them have never heard of.
 */
public final class CarriedHeaders {

    /** No entries. */
    public static final CarriedHeaders NONE = new CarriedHeaders(new byte[0]);

    /** The most bytes of entries that are carried. */
    public static final int MAX_BYTES = 16 * 1024;

    private final byte[] entries;

    private CarriedHeaders(byte[] entries) {
        this.entries = entries;
    }

    /**
     * Returns the entries as they are on the wire; the array is shared, nobody changes it afterwards.
     *
     * @throws IllegalArgumentException if there are more than {@link #MAX_BYTES} bytes
     */
    public static CarriedHeaders of(byte[] entries) {
        if (entries.length > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "unknown headers of %d bytes (expected: at most %d)".formatted(entries.length, MAX_BYTES));
        }
        return entries.length == 0 ? NONE : new CarriedHeaders(entries);
    }

    /** Returns the entries as they are on the wire, in the shared array. */
    public byte[] bytes() {
        return entries;
    }

    /** Returns whether there are none. */
    public boolean isEmpty() {
        return entries.length == 0;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CarriedHeaders that && Arrays.equals(entries, that.entries);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(entries);
    }

    @Override
    public String toString() {
        return entries.length + " bytes";
    }
}
