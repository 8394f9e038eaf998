package dev.moa.protocol.json;

import dev.moa.protocol.MoaException;
import dev.moa.protocol.StatusCode;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Walks over JSON (RFC 8259) in a byte array without building anything but the strings that are asked for.
 *
 * <p>Values that nobody asks for are checked all the same, byte by byte: grammar, escapes, UTF-8 (as table 3-7
 * of the Unicode standard has it), depth and the length of numbers. So a range that {@link #skipValue()} has
 * passed over can be handed on and decoded by any JSON library.
 *
 * <p>Written by hand because it runs for every call on every port; the tests hold it against Jackson.
 */
final class JsonScanner {

    /** Objects and arrays in one another; decoders downstream recurse, so it is far below what a stack holds. */
    static final int MAX_DEPTH = 128;

    /** Characters of one number; the time to decode one grows with the square of its length. */
    static final int MAX_NUMBER_LENGTH = 1_000;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long EACH = 0x0101010101010101L;

    private final String what;
    private final byte[] bytes;
    private final int start;
    private final int end;
    private int position;

    /** @param what names the text in error messages, for example {@code request} */
    JsonScanner(String what, byte[] bytes, int offset, int length) {
        if (offset < 0 || length < 0 || offset > bytes.length - length) {
            throw new IndexOutOfBoundsException("offset %d, length %d of %d".formatted(offset, length, bytes.length));
        }
        this.what = what;
        this.bytes = bytes;
        this.start = offset;
        this.end = offset + length;
        this.position = offset;
    }

    /** Returns the index in the array of the next byte. */
    int position() {
        return position;
    }

    /** Goes on at another index of the array, which the caller knows to be between two tokens. */
    void position(int index) {
        position = index;
    }

    /** Skips white space and returns the next byte without taking it, or -1 at the end. */
    int peek() {
        while (position < end) {
            byte b = bytes[position];
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                return b & 0xff;
            }
            position++;
        }
        return -1;
    }

    /** Takes {@code expected} if it is next. */
    boolean take(char expected) {
        if (peek() == expected) {
            position++;
            return true;
        }
        return false;
    }

    void expect(char expected) {
        if (!take(expected)) {
            throw unexpected("'" + expected + "'");
        }
    }

    void expectEnd() {
        if (peek() != -1) {
            throw unexpected("the end of the text");
        }
    }

    /** Takes {@code null} if it is next. */
    boolean takeNull() {
        if (peek() != 'n') {
            return false;
        }
        skipLiteral("null");
        return true;
    }

    /** Takes a string, decoded, of at most {@code maxLength} bytes as it is written. */
    String string(String field, int maxLength) {
        if (peek() != '"') {
            throw unexpected("a string for '" + field + "'");
        }
        int from = position + 1;
        boolean plain = skipString();
        int to = position - 1;
        requireLength(field, to - from, maxLength);
        return plain ? new String(bytes, from, to - from, StandardCharsets.UTF_8) : unescape(from, to);
    }

    /** As {@link #string}, for a text that is the name of something. */
    <T> T name(String field, int maxLength, NameCache<T> names) {
        if (peek() != '"') {
            throw unexpected("a string for '" + field + "'");
        }
        int from = position + 1;
        boolean plain = skipString();
        int to = position - 1;
        requireLength(field, to - from, maxLength);
        return plain ? names.get(bytes, from, to) : names.parse(unescape(from, to));
    }

    private void requireLength(String field, int length, int maxLength) {
        if (length > maxLength) {
            throw error("'%s' is %d bytes long (limit %d)".formatted(field, length, maxLength));
        }
    }

    /** Takes the name of a field; returns which of {@code known} it is, or null if it is none of them. */
    @Nullable
    Field fieldName(Field[] known) {
        if (peek() != '"') {
            throw unexpected("a field name in quotes");
        }
        int from = position + 1;
        boolean plain = skipString();
        int length = position - 1 - from;
        if (!plain) {
            String name = unescape(from, position - 1);
            for (Field field : known) {
                if (field.name.equals(name)) {
                    return field;
                }
            }
            return null;
        }
        for (Field field : known) {
            if (field.name.length() == length && matches(from, field.name)) {
                return field;
            }
        }
        return null;
    }

    private boolean matches(int from, String ascii) {
        for (int i = 0; i < ascii.length(); i++) {
            if (bytes[from + i] != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Takes a whole number from 0 to {@link Long#MAX_VALUE}. */
    long wholeNumber(String field) {
        int first = peek();
        if (first < '0' || first > '9') {
            throw unexpected("a whole number >= 0 for '" + field + "'");
        }
        int from = position;
        skipNumber();
        long value = 0;
        for (int i = from; i < position; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9 || value > (Long.MAX_VALUE - digit) / 10) {
                position = from;
                throw error("'%s' is not a whole number from 0 to %d".formatted(field, Long.MAX_VALUE));
            }
            value = value * 10 + digit;
        }
        return value;
    }

    /** Passes one value of any type and checks it. */
    void skipValue() {
        skipValue(0);
    }

    private void skipValue(int depth) {
        int next = peek();
        switch (next) {
            case '"' -> skipString();
            case '{' -> {
                enter(depth);
                if (take('}')) {
                    return;
                }
                do {
                    if (peek() != '"') {
                        throw unexpected("a field name in quotes");
                    }
                    skipString();
                    expect(':');
                    skipValue(depth + 1);
                } while (take(','));
                if (!take('}')) {
                    throw unexpected("',' or '}'");
                }
            }
            case '[' -> {
                enter(depth);
                if (take(']')) {
                    return;
                }
                do {
                    skipValue(depth + 1);
                } while (take(','));
                if (!take(']')) {
                    throw unexpected("',' or ']'");
                }
            }
            case 't' -> skipLiteral("true");
            case 'f' -> skipLiteral("false");
            case 'n' -> skipLiteral("null");
            default -> {
                if (next == '-' || (next >= '0' && next <= '9')) {
                    skipNumber();
                } else {
                    throw unexpected("a value");
                }
            }
        }
    }

    private void enter(int depth) {
        if (depth >= MAX_DEPTH) {
            throw error("more than %d objects and arrays in one another (limit %d)".formatted(depth, MAX_DEPTH));
        }
        position++;
    }

    private void skipLiteral(String literal) {
        int length = literal.length();
        for (int i = 0; i < length; i++) {
            if (position + i >= end || bytes[position + i] != literal.charAt(i)) {
                throw unexpected(literal);
            }
        }
        position += length;
    }

    private void skipNumber() {
        int from = position;
        if (position < end && bytes[position] == '-') {
            position++;
        }
        if (position < end && bytes[position] == '0') {
            position++;
        } else {
            skipDigits();
        }
        if (position < end && bytes[position] == '.') {
            position++;
            skipDigits();
        }
        if (position < end && (bytes[position] == 'e' || bytes[position] == 'E')) {
            position++;
            if (position < end && (bytes[position] == '+' || bytes[position] == '-')) {
                position++;
            }
            skipDigits();
        }
        if (position - from > MAX_NUMBER_LENGTH) {
            int length = position - from;
            position = from;
            throw error("a number of %d characters (limit %d)".formatted(length, MAX_NUMBER_LENGTH));
        }
        if (position < end) {
            int next = bytes[position];
            if (next != ','
                    && next != '}'
                    && next != ']'
                    && next != ' '
                    && next != '\n'
                    && next != '\r'
                    && next != '\t') {
                throw unexpected("the end of a number");
            }
        }
    }

    private void skipDigits() {
        int from = position;
        while (position < end && bytes[position] >= '0' && bytes[position] <= '9') {
            position++;
        }
        if (position == from) {
            throw unexpected("a digit");
        }
    }

    /** Passes a string, which is next; returns whether it holds no escape. */
    private boolean skipString() {
        byte[] in = bytes;
        int at = plainUntil(position + 1);
        boolean plain = true;
        while (at < end) {
            int b = in[at];
            if (b == '"') {
                position = at + 1;
                return plain;
            }
            if (b == '\\') {
                plain = false;
                at = skipEscape(at);
            } else if (b >= 0x20) {
                at++;
            } else if (b < 0) {
                at = skipMultiByte(at);
            } else {
                position = at;
                throw unexpected("no bare control character in a string (write \\u%04x)".formatted(b));
            }
        }
        position = end;
        throw unexpected("the closing quote of a string");
    }

    /** Passes plain ASCII eight bytes at a time; returns an index up to which nothing else stands. */
    private int plainUntil(int from) {
        int at = from;
        while (at + Long.BYTES <= end) {
            long word = (long) LONGS.get(bytes, at);
            // the high bit of a byte: it is below space, a quote, a backslash or not ASCII. A borrow runs only to
            // higher bytes, so the lowest bit that is set is right
            long special = ((word - EACH * ' ') | ((word ^ EACH * '"') - EACH) | ((word ^ EACH * '\\') - EACH) | word)
                    & (EACH << 7);
            if (special != 0) {
                return at + (Long.numberOfTrailingZeros(special) >>> 3);
            }
            at += Long.BYTES;
        }
        return at;
    }

    private int skipEscape(int at) {
        if (at + 1 < end) {
            switch (bytes[at + 1]) {
                case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> {
                    return at + 2;
                }
                case 'u' -> {
                    for (int i = at + 2; i < at + 6; i++) {
                        if (i >= end || Character.digit(bytes[i], 16) < 0) {
                            position = Math.min(i, end);
                            throw unexpected("four hexadecimal digits after \\u");
                        }
                    }
                    return at + 6;
                }
                default -> {}
            }
        }
        position = Math.min(at + 1, end);
        throw unexpected("one of \" \\ / b f n r t u after a backslash");
    }

    private int skipMultiByte(int at) {
        int first = bytes[at] & 0xff;
        int low = 0x80;
        int high = 0xbf;
        int more;
        if (first >= 0xc2 && first <= 0xdf) {
            more = 1;
        } else if (first >= 0xe0 && first <= 0xef) {
            more = 2;
            low = first == 0xe0 ? 0xa0 : low;
            high = first == 0xed ? 0x9f : high;
        } else if (first >= 0xf0 && first <= 0xf4) {
            more = 3;
            low = first == 0xf0 ? 0x90 : low;
            high = first == 0xf4 ? 0x8f : high;
        } else {
            position = at;
            throw unexpected("UTF-8");
        }
        for (int i = 1; i <= more; i++) {
            int next = at + i < end ? bytes[at + i] & 0xff : -1;
            if (next < low || next > high) {
                position = Math.min(at + i, end);
                throw unexpected("UTF-8");
            }
            low = 0x80;
            high = 0xbf;
        }
        return at + 1 + more;
    }

    private String unescape(int from, int to) {
        StringBuilder text = new StringBuilder(to - from);
        int at = from;
        while (at < to) {
            int run = at;
            while (at < to && bytes[at] != '\\') {
                at++;
            }
            text.append(new String(bytes, run, at - run, StandardCharsets.UTF_8));
            if (at < to) {
                byte kind = bytes[at + 1];
                if (kind == 'u') {
                    text.append((char) Integer.parseInt(new String(bytes, at + 2, 4, StandardCharsets.ISO_8859_1), 16));
                    at += 6;
                } else {
                    text.append(
                            switch (kind) {
                                case 'b' -> '\b';
                                case 'f' -> '\f';
                                case 'n' -> '\n';
                                case 'r' -> '\r';
                                case 't' -> '\t';
                                default -> (char) kind;
                            });
                    at += 2;
                }
            }
        }
        return text.toString();
    }

    MoaException unexpected(String expected) {
        String found;
        if (position >= end) {
            found = "the end";
        } else {
            int b = bytes[position] & 0xff;
            found = b > 0x20 && b < 0x7f ? "'" + (char) b + "'" : "byte 0x%02x".formatted(b);
        }
        return error("expected %s but found %s".formatted(expected, found));
    }

    MoaException error(String message) {
        return new MoaException(
                StatusCode.INVALID_ARGUMENT, "%s: at byte %d: %s".formatted(what, position - start, message));
    }
}
