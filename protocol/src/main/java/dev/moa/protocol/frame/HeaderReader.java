package dev.moa.protocol.frame;

import java.nio.charset.StandardCharsets;

/** Walks over the entries of a header block: {@link #next()}, then what is asked for of that entry. */
public final class HeaderReader {

    private static final int ENTRY_LENGTH = 5;

    private final byte[] bytes;
    private final int end;
    private int nextEntry;
    private int entry;
    private int key;
    private int type;
    private int value;
    private int length;

    HeaderReader(byte[] bytes, int offset, int length) {
        this.bytes = bytes;
        this.nextEntry = offset;
        this.end = offset + length;
    }

    /**
     * Goes to the next entry; returns false after the last one.
     *
     * @throws FrameException if the block ends in the middle of an entry
     */
    public boolean next() throws FrameException {
        if (nextEntry == end) {
            return false;
        }
        entry = nextEntry;
        if (end - entry < ENTRY_LENGTH) {
            throw new FrameException("the header block ends in the middle of an entry");
        }
        key = unsignedShort(entry);
        type = bytes[entry + 2] & 0xff;
        length = unsignedShort(entry + 3);
        value = entry + ENTRY_LENGTH;
        if (length > end - value) {
            throw new FrameException(
                    "the value of header %d is %d bytes long but only %d follow".formatted(key, length, end - value));
        }
        nextEntry = value + length;
        return true;
    }

    /** Returns the number of the entry's key. */
    public int key() {
        return key;
    }

    /** Returns a copy of the whole entry as it came. */
    byte[] entry() {
        return java.util.Arrays.copyOfRange(bytes, entry, nextEntry);
    }

    /** Returns the entry's value as a number. */
    public long number(HeaderKey expected) throws FrameException {
        check(expected, ValueType.INT);
        if (length != Long.BYTES) {
            throw new FrameException(
                    "header %s is a number of %d bytes (expected: %d)".formatted(expected, length, Long.BYTES));
        }
        long number = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            number = number << 8 | (bytes[value + i] & 0xff);
        }
        return number;
    }

    /** Returns the entry's value as text. */
    public String text(HeaderKey expected) throws FrameException {
        check(expected, ValueType.TEXT);
        return new String(bytes, value, length, StandardCharsets.UTF_8);
    }

    /** Returns the entry's value as bytes. */
    byte[] bytes(HeaderKey expected) throws FrameException {
        check(expected, ValueType.BYTES);
        return java.util.Arrays.copyOfRange(bytes, value, value + length);
    }

    /** Returns the name of the entry's pair. */
    String pairName(HeaderKey expected) throws FrameException {
        check(expected, ValueType.PAIR);
        return new String(bytes, value + 1, pairNameLength(expected), StandardCharsets.UTF_8);
    }

    /** Returns the value of the entry's pair. */
    String pairValue(HeaderKey expected) throws FrameException {
        check(expected, ValueType.PAIR);
        int nameLength = pairNameLength(expected);
        return new String(bytes, value + 1 + nameLength, length - 1 - nameLength, StandardCharsets.UTF_8);
    }

    private int pairNameLength(HeaderKey expected) throws FrameException {
        int nameLength = length == 0 ? 0 : bytes[value] & 0xff;
        if (length < 1 + nameLength) {
            throw new FrameException("header %s is too short for its name".formatted(expected));
        }
        return nameLength;
    }

    private void check(HeaderKey expected, ValueType expectedType) throws FrameException {
        if (type != expectedType.number()) {
            throw new FrameException(
                    "header %s is of type %d (expected: %d)".formatted(expected, type, expectedType.number()));
        }
        if (length > expected.maxBytes()) {
            throw new FrameException(
                    "header %s is %d bytes long (limit %d)".formatted(expected, length, expected.maxBytes()));
        }
    }

    private int unsignedShort(int at) {
        return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
    }
}
