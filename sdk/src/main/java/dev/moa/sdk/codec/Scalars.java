package dev.moa.sdk.codec;

import dev.moa.protocol.Payload;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;

/**
 * The short way for what most calls carry: texts of printable ASCII, whole numbers and booleans. A parser, a
 * generator and their contexts would cost such a call more than all else together.
 *
 * <p>It decides nothing: whatever it does not know at first sight (escapes, other letters, null, fractions, another
 * type, a wrong count, long texts) it leaves to Jackson by returning null, and what it does read or write is what
 * Jackson would, which {@code ScalarsTests} holds against it.
 */
final class Scalars {

    /** Longer arguments gain nothing here. */
    private static final int MAX_LENGTH = 64 * 1024;

    private static final int MAX_DIGITS = 18;

    private enum Kind {
        STRING,
        INT,
        LONG,
        BOOLEAN;

        static @Nullable Kind of(JavaType type) {
            Class<?> raw = type.getRawClass();
            if (raw == String.class) {
                return STRING;
            } else if (raw == int.class || raw == Integer.class) {
                return INT;
            } else if (raw == long.class || raw == Long.class) {
                return LONG;
            } else if (raw == boolean.class || raw == Boolean.class) {
                return BOOLEAN;
            }
            return null;
        }
    }

    private Scalars() {}

    /** Returns whether all that such a method takes and gives can go this way. */
    static boolean carry(List<ServiceParameter> parameters, JavaType result) {
        return (Kind.of(result) != null || result.hasRawClass(void.class) || result.hasRawClass(Void.class))
                && parameters.stream().allMatch(parameter -> Kind.of(parameter.type()) != null);
    }

    /** Reads the arguments of methods whose parameters are all scalars. */
    static final class Arguments {
        private final Kind[] kinds;

        private Arguments(Kind[] kinds) {
            this.kinds = kinds;
        }

        /** Returns the reader for these parameters; null if one is something else. */
        static @Nullable Arguments of(List<ServiceParameter> parameters) {
            Kind[] kinds = new Kind[parameters.size()];
            for (int i = 0; i < kinds.length; i++) {
                Kind kind = Kind.of(parameters.get(i).type());
                if (kind == null) {
                    return null;
                }
                kinds[i] = kind;
            }
            return new Arguments(kinds);
        }

        /** Returns the values, or null where Jackson is to look. */
        @Nullable
        Object @Nullable [] read(Payload args) {
            if (args.length() > MAX_LENGTH) {
                return null;
            }
            Cursor in = new Cursor(args);
            if (!in.take('[')) {
                return null;
            }
            @Nullable Object[] values = new Object[kinds.length];
            for (int i = 0; i < kinds.length; i++) {
                Object value = i > 0 && !in.take(',') ? null : in.value(kinds[i]);
                if (value == null) {
                    return null;
                }
                values[i] = value;
            }
            return in.take(']') && in.isAtEnd() ? values : null;
        }
    }

    /** Returns the value of a scalar type, or null where Jackson is to look. */
    static @Nullable Object read(JavaType type, Payload json) {
        Kind kind = json.length() > MAX_LENGTH ? null : Kind.of(type);
        if (kind == null) {
            return null;
        }
        Cursor in = new Cursor(json);
        Object value = in.value(kind);
        return in.isAtEnd() ? value : null;
    }

    /** Returns the JSON of a value whose declared type is {@code type}, or null where Jackson is to write it. */
    static @Nullable Payload write(JavaType type, Object value) {
        if (Kind.of(type) == null) {
            return null;
        }
        return value instanceof String text ? quoted(text) : Payload.json(ascii(value.toString()));
    }

    private static @Nullable Payload quoted(String text) {
        int length = text.length();
        if (length > MAX_LENGTH) {
            return null;
        }
        for (int i = 0; i < length; i++) {
            if (!isPlain(text.charAt(i))) {
                return null;
            }
        }
        byte[] json = new byte[length + 2];
        json[0] = '"';
        copy(text, json, 1);
        json[length + 1] = '"';
        return Payload.json(json);
    }

    private static byte[] ascii(String text) {
        byte[] bytes = new byte[text.length()];
        copy(text, bytes, 0);
        return bytes;
    }

    @SuppressWarnings("deprecation") // the low bytes of ASCII text are the text
    private static void copy(String ascii, byte[] to, int at) {
        ascii.getBytes(0, ascii.length(), to, at);
    }

    private static boolean isPlain(int c) {
        return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
    }

    private static final class Cursor {
        private final byte[] bytes;
        private final int end;
        private int at;

        Cursor(Payload json) {
            this.bytes = json.array();
            this.at = json.offset();
            this.end = json.offset() + json.length();
        }

        private int peek() {
            while (at < end) {
                byte b = bytes[at];
                if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                    return b;
                }
                at++;
            }
            return -1;
        }

        boolean take(char expected) {
            if (peek() == expected) {
                at++;
                return true;
            }
            return false;
        }

        boolean isAtEnd() {
            return peek() == -1 && at == end;
        }

        @Nullable
        Object value(Kind kind) {
            int first = peek();
            return switch (kind) {
                case STRING -> first == '"' ? text() : null;
                case INT, LONG -> number(kind);
                case BOOLEAN -> bool();
            };
        }

        private @Nullable String text() {
            int from = at + 1;
            int to = from;
            while (to < end && isPlain(bytes[to])) {
                to++;
            }
            if (to == end || bytes[to] != '"') {
                return null;
            }
            at = to + 1;
            return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
        }

        private @Nullable Object number(Kind kind) {
            boolean negative = at < end && bytes[at] == '-';
            int from = negative ? at + 1 : at;
            int to = from;
            long value = 0;
            while (to < end && bytes[to] >= '0' && bytes[to] <= '9' && to - from < MAX_DIGITS) {
                value = value * 10 + (bytes[to] - '0');
                to++;
            }
            boolean leadingZero = to - from > 1 && bytes[from] == '0';
            if (to == from || leadingZero || !endsValue(to)) {
                return null;
            }
            value = negative ? -value : value;
            at = to;
            if (kind == Kind.LONG) {
                return value;
            }
            return value == (int) value ? (Object) (int) value : null;
        }

        private boolean endsValue(int index) {
            if (index == end) {
                return true;
            }
            byte b = bytes[index];
            return b == ',' || b == ']' || b == ' ' || b == '\n' || b == '\r' || b == '\t';
        }

        private @Nullable Boolean bool() {
            if (matches("true")) {
                return Boolean.TRUE;
            }
            return matches("false") ? Boolean.FALSE : null;
        }

        private boolean matches(String literal) {
            int to = at + literal.length();
            if (to > end || !endsValue(to)) {
                return false;
            }
            for (int i = 0; i < literal.length(); i++) {
                if (bytes[at + i] != literal.charAt(i)) {
                    return false;
                }
            }
            at = to;
            return true;
        }
    }
}
