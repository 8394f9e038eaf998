package dev.moa.router.address;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Equal values as one object: hosts, versions, tags and protocols of a million instances are few different ones. A
 * table of fixed size, in which two values of one slot put each other out, which costs memory and nothing else. Safe
 * for many threads; for immutable values.
 */
final class Sharing {
    private static final int SLOTS = 1 << 14;
    private static final AtomicReferenceArray<Object> TABLE = new AtomicReferenceArray<>(SLOTS);

    private Sharing() {}

    /** Returns {@code value}, or what is equal to it and was seen before. */
    @SuppressWarnings("unchecked")
    static <T> T of(T value) {
        int hash = value.hashCode() * 0x9e3779b9;
        int slot = hash >>> 18;
        Object seen = TABLE.get(slot);
        if (value.equals(seen)) {
            return (T) seen;
        }
        TABLE.set(slot, value);
        return value;
    }
}
