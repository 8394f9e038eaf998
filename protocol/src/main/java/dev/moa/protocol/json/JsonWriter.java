package dev.moa.protocol.json;

import dev.moa.protocol.Payload;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Builds JSON as UTF-8 in one array. Text that is not valid UTF-16 comes out with {@code ?} for what is wrong. */
final class JsonWriter {

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private byte[] bytes;
    private int length;

    JsonWriter(int expectedLength) {
        bytes = new byte[expectedLength];
    }

    JsonWriter raw(char ascii) {
        room(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    /** Puts a comma if something has been written since the length was {@code empty}. */
    JsonWriter commaAfter(int empty) {
        return length == empty ? this : raw(',');
    }

    @SuppressWarnings("deprecation") // the low bytes of ASCII text are the text
    JsonWriter raw(String ascii) {
        int more = ascii.length();
        room(more);
        ascii.getBytes(0, more, bytes, length);
        length += more;
        return this;
    }

    JsonWriter raw(Payload json) {
        room(json.length());
        System.arraycopy(json.array(), json.offset(), bytes, length, json.length());
        length += json.length();
        return this;
    }

    JsonWriter number(long value) {
        return raw(Long.toString(value));
    }

    JsonWriter string(String text) {
        raw('"');
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        room(utf8.length);
        for (byte b : utf8) {
            if (b == '"' || b == '\\') {
                room(2);
                bytes[length++] = '\\';
                bytes[length++] = b;
            } else if (b >= 0 && b < 0x20) {
                control(b);
            } else {
                room(1);
                bytes[length++] = b;
            }
        }
        return raw('"');
    }

    private void control(byte b) {
        switch (b) {
            // each as short as it can be: what was read within a limit must not pass it once written
            case '\b' -> raw("\\b");
            case '\f' -> raw("\\f");
            case '\n' -> raw("\\n");
            case '\r' -> raw("\\r");
            case '\t' -> raw("\\t");
            default -> raw("\\u00").raw((char) HEX[b >> 4]).raw((char) HEX[b & 15]);
        }
    }

    private void room(int more) {
        if (more > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(length, more), length + (length >> 1)));
        }
    }

    int length() {
        return length;
    }

    void writeTo(ByteBuf out) {
        out.writeBytes(bytes, 0, length);
    }

    byte[] toByteArray() {
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }
}
