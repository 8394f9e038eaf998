package dev.moa.protocol.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Names that came lately, found by their bytes: a call to a name that is known builds no string and checks no
 * grammar, and equal names are mostly the same object, whose hash is known.
 *
 * <p>A table of {@value #SLOTS} slots, one for each hash, in which the latest name stays. So it is bounded, and a
 * peer that makes up names only makes it useless. Safe for many threads without a lock: entries are immutable, and a
 * thread that loses a race builds a string once more.
 */
final class NameCache<T> {

    private static final int SLOT_BITS = 10;
    static final int SLOTS = 1 << SLOT_BITS;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    // 2^64 divided by the golden ratio: Knuth's multiplicative hash
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private record Entry<T>(byte[] utf8, T name) {}

    private final Function<String, T> parse;

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type cannot be made otherwise
    private final @Nullable Entry<T>[] slots = new Entry[SLOTS];

    /** @param parse makes a name of text, or throws IllegalArgumentException for what is not one, which is not kept */
    NameCache(Function<String, T> parse) {
        this.parse = parse;
    }

    /** Returns the name that stands in {@code bytes} as valid UTF-8. */
    T get(byte[] bytes, int from, int to) {
        int slot = slot(bytes, from, to);
        Entry<T> entry = slots[slot];
        if (entry != null && Arrays.equals(entry.utf8, 0, entry.utf8.length, bytes, from, to)) {
            return entry.name;
        }
        T name = parse.apply(new String(bytes, from, to - from, StandardCharsets.UTF_8));
        slots[slot] = new Entry<>(Arrays.copyOfRange(bytes, from, to), name);
        return name;
    }

    /** Returns the name that {@code text} is, without keeping it. */
    T parse(String text) {
        return parse.apply(text);
    }

    /** Eight bytes at a time; the last eight may overlap those before them. */
    private static int slot(byte[] bytes, int from, int to) {
        long hash = to - from;
        if (hash < Long.BYTES) {
            for (int i = from; i < to; i++) {
                hash = hash << 8 ^ bytes[i];
            }
        } else {
            int last = to - Long.BYTES;
            for (int i = from; i < last; i += Long.BYTES) {
                hash = (hash ^ (long) LONGS.get(bytes, i)) * GOLDEN;
                hash ^= hash >>> 32;
            }
            hash ^= (long) LONGS.get(bytes, last);
        }
        return (int) (hash * GOLDEN >>> (Long.SIZE - SLOT_BITS));
    }
}
