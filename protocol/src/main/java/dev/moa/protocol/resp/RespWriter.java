package dev.moa.protocol.resp;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Writes replies. Types that only RESP3 has come out as what RESP2 has for them. */
public final class RespWriter {

    private static final int CRLF = '\r' << 8 | '\n';

    private RespWriter() {}

    /** Writes {@code +text}; line ends in it become spaces. */
    public static void simple(ByteBuf out, String text) {
        line(out, '+', text);
    }

    /** Writes {@code -text}, which starts with a word in capitals; line ends in it become spaces. */
    public static void error(ByteBuf out, String text) {
        line(out, '-', text);
    }

    /** Writes {@code :value}. */
    public static void integer(ByteBuf out, long value) {
        header(out, ':', value);
    }

    /** Writes a bulk string. */
    public static void bulk(ByteBuf out, byte[] bytes) {
        header(out, '$', bytes.length);
        out.writeBytes(bytes);
        out.writeShort(CRLF);
    }

    /** Writes a bulk string of text in UTF-8. */
    public static void bulk(ByteBuf out, String text) {
        bulk(out, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes the head of an array, behind which its elements follow. */
    public static void array(ByteBuf out, int elements) {
        header(out, '*', elements);
    }

    /** Writes the head of a push of RESP3, behind which its elements follow: a kind first. */
    public static void push(ByteBuf out, int elements) {
        header(out, '>', elements);
    }

    /** Writes the head of a map, behind which keys and values follow; in RESP2 an array of both. */
    public static void map(ByteBuf out, RespVersion version, int pairs) {
        if (version == RespVersion.RESP3) {
            header(out, '%', pairs);
        } else {
            header(out, '*', pairs * 2L);
        }
    }

    /** Writes the head of a message that answers nothing; in RESP2 an array. */
    public static void push(ByteBuf out, RespVersion version, int elements) {
        header(out, version == RespVersion.RESP3 ? '>' : '*', elements);
    }

    /** Writes "no array", which RESP2 tells from "no string". */
    public static void noArray(ByteBuf out, RespVersion version) {
        if (version == RespVersion.RESP3) {
            nothing(out, version);
        } else {
            header(out, '*', -1);
        }
    }

    /** Writes "no value". */
    public static void nothing(ByteBuf out, RespVersion version) {
        if (version == RespVersion.RESP3) {
            out.writeByte('_');
            out.writeShort(CRLF);
        } else {
            header(out, '$', -1);
        }
    }

    private static void header(ByteBuf out, char type, long value) {
        out.writeByte(type);
        out.writeCharSequence(Long.toString(value), StandardCharsets.US_ASCII);
        out.writeShort(CRLF);
    }

    private static void line(ByteBuf out, char type, String text) {
        out.writeByte(type);
        out.writeCharSequence(text.replace('\r', ' ').replace('\n', ' '), StandardCharsets.UTF_8);
        out.writeShort(CRLF);
    }
}
