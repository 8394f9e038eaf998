package dev.moa.router.memo;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What was made of some bytes, so that the question that a client asks for ever is parsed once. A table of fixed size:
 * two keys of one slot put each other out, which costs parsing again and nothing else, whoever chooses the keys.
 *
 * <p>Safe for many threads. It hands the same value to all: values must not change.
 */
public final class Memo<V> {
    private static final int MAX_KEY_BYTES = 256;

    private final AtomicReferenceArray<@Nullable Entry<V>> slots;

    private record Entry<V>(byte[] key, V value) {}

    /** @param slots how many values are kept at most, a power of two */
    public Memo(int slots) {
        if (Integer.bitCount(slots) != 1) {
            throw new IllegalArgumentException("slots: %d (expected: a power of two)".formatted(slots));
        }
        this.slots = new AtomicReferenceArray<>(slots);
    }

    /** Returns what was kept for these bytes, or null. */
    public @Nullable V get(byte[] bytes, int offset, int length) {
        Entry<V> entry = slots.get(slot(bytes, offset, length));
        return entry != null && Arrays.equals(entry.key, 0, entry.key.length, bytes, offset, offset + length)
                ? entry.value
                : null;
    }

    /** Keeps a value, unless the bytes are more than {@value #MAX_KEY_BYTES}. */
    public void put(byte[] bytes, int offset, int length, V value) {
        if (length <= MAX_KEY_BYTES) {
            byte[] key = Arrays.copyOfRange(bytes, offset, offset + length);
            slots.set(slot(bytes, offset, length), new Entry<>(key, value));
        }
    }

    private int slot(byte[] bytes, int offset, int length) {
        if (length > MAX_KEY_BYTES) {
            return 0;
        }
        int hash = length;
        for (int i = offset; i < offset + length; i++) {
            hash = hash * 31 + bytes[i];
        }
        hash *= 0x9e3779b9;
        return (hash ^ hash >>> 16) & slots.length() - 1;
    }
}
