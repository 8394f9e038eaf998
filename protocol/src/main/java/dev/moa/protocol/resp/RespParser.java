package dev.moa.protocol.resp;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Takes commands (arrays of bulk strings) out of a stream of bytes, however it is cut.
 *
 * <p>Every length is held against its limit when its line has come, before memory is taken for it, and memory is
 * taken for bytes that have come, never for bytes that are announced. Inline commands and nested arrays are not
 * part of what moa speaks. An empty array is passed over, as Redis does.
 *
 * <p>Keeps the state of one connection; not safe for threads.
 */
public final class RespParser {

    /** Before AUTH, as Redis has it since CVE-2021-32675: elements of the array, name included. */
    public static final int MAX_ELEMENTS_BEFORE_AUTH = 10;

    /** Before AUTH: bytes of one argument. */
    public static final int MAX_ARGUMENT_BYTES_BEFORE_AUTH = 16 * 1024;

    // "*1048576\r\n": any number that fits a limit has fewer digits
    private static final int MAX_LENGTH_DIGITS = 12;
    private static final byte[][] NONE = {};
    private static final byte[] GET = {'G', 'E', 'T'};
    private static final int GET_AS_NUMBER = 'G' << 16 | 'E' << 8 | 'T';
    private static final int INCOMPLETE = -1;

    private int maxElements;
    private int maxArgumentBytes;
    private long maxCommandBytes;

    private byte[][] elements = NONE;
    private int count;
    private int expected;
    private int bulkLength = INCOMPLETE;
    private long commandBytes;

    /** A parser with the limits of a connection that has not shown its token. */
    public RespParser() {
        limit(
                MAX_ELEMENTS_BEFORE_AUTH,
                MAX_ARGUMENT_BYTES_BEFORE_AUTH,
                (long) MAX_ELEMENTS_BEFORE_AUTH * MAX_ARGUMENT_BYTES_BEFORE_AUTH);
    }

    /** Sets the limits: elements of a command (its name is one), bytes of each, bytes of all together. */
    public void limit(int elementCount, int bytesOfEach, long bytesOfAll) {
        maxElements = elementCount;
        maxArgumentBytes = bytesOfEach;
        maxCommandBytes = bytesOfAll;
    }

    /**
     * Takes the next command; returns false if {@code in} does not hold the rest of it yet.
     *
     * @throws RespException if the framing is lost; the parser is of no use afterwards
     */
    public boolean next(ByteBuf in) throws RespException {
        while (expected == 0) {
            int from = in.readerIndex();
            if (!in.isReadable()) {
                return false;
            }
            if (in.getByte(from) != '*') {
                throw new RespException("Protocol error: expected '*', got " + shown(in.getByte(from))
                        + " (inline commands are not served: send an array of bulk strings)");
            }
            int length = length(in, from, "multibulk length", maxElements);
            if (length == INCOMPLETE) {
                return false;
            }
            expected = length;
            count = 0;
            commandBytes = 0;
        }
        while (count < expected) {
            if (bulkLength == INCOMPLETE) {
                int from = in.readerIndex();
                if (!in.isReadable()) {
                    return false;
                }
                if (in.getByte(from) != '$') {
                    throw new RespException("Protocol error: expected '$', got " + shown(in.getByte(from)));
                }
                int length = length(in, from, "bulk length", maxArgumentBytes);
                if (length == INCOMPLETE) {
                    return false;
                }
                commandBytes += length;
                if (commandBytes > maxCommandBytes) {
                    throw new RespException("Protocol error: a command of more than " + maxCommandBytes + " bytes");
                }
                bulkLength = length;
            }
            if (in.readableBytes() < bulkLength + 2) {
                return false;
            }
            byte[] bytes = bulk(in);
            if (in.readShort() != ('\r' << 8 | '\n')) {
                throw new RespException(
                        "Protocol error: expected CR LF after a bulk string of " + bulkLength + " bytes");
            }
            if (count == elements.length) {
                elements = Arrays.copyOf(elements, Math.min(expected, Math.max(4, count * 2)));
            }
            elements[count++] = bytes;
            bulkLength = INCOMPLETE;
        }
        expected = 0;
        return true;
    }

    /** Takes the bytes of a bulk string; nearly all commands are called GET, so that name has one array. */
    private byte[] bulk(ByteBuf in) {
        if (count == 0 && bulkLength == GET.length && in.getUnsignedMedium(in.readerIndex()) == GET_AS_NUMBER) {
            in.skipBytes(GET.length);
            return GET;
        }
        byte[] bytes = new byte[bulkLength];
        in.readBytes(bytes);
        return bytes;
    }

    /** Returns how many elements the command has, its name included; at least 1. */
    public int size() {
        return count;
    }

    /** Returns an element of the command, its name at 0; but for the name, in an array that nobody else holds. */
    public byte[] element(int index) {
        return elements[index];
    }

    /** Returns all elements of the command, as {@link #element} does. */
    public byte[][] elements() {
        return Arrays.copyOf(elements, count);
    }

    /** Returns whether the next byte begins a command. */
    public boolean isBetweenCommands() {
        return expected == 0;
    }

    /** Returns the bytes of the elements that were taken of a command that is not whole yet. */
    public long heldBytes() {
        return expected == 0 ? 0 : commandBytes - (bulkLength == INCOMPLETE ? 0 : bulkLength);
    }

    /** Lets go of the command that was taken. */
    public void clear() {
        if (elements.length > 16) {
            elements = NONE;
        } else {
            Arrays.fill(elements, null);
        }
        count = 0;
    }

    /** Reads the length that stands behind the type byte at {@code from} and takes its line if it is whole. */
    private static int length(ByteBuf in, int from, String what, int limit) throws RespException {
        int end = in.writerIndex();
        long value = 0;
        int at = from + 1;
        for (; at < end; at++) {
            byte b = in.getByte(at);
            if (b >= '0' && b <= '9') {
                if (at - from > MAX_LENGTH_DIGITS) {
                    throw invalid(what, value + "…", limit);
                }
                value = value * 10 + (b - '0');
            } else if (b == '\r' && at > from + 1) {
                if (value > limit) {
                    throw invalid(what, Long.toString(value), limit);
                }
                if (at + 1 == end) {
                    return INCOMPLETE;
                }
                if (in.getByte(at + 1) != '\n') {
                    throw new RespException("Protocol error: expected LF after the CR of a " + what + ", got "
                            + shown(in.getByte(at + 1)));
                }
                in.readerIndex(at + 2);
                return (int) value;
            } else {
                throw new RespException("Protocol error: invalid " + what + ": expected a digit"
                        + (at > from + 1 ? " or CR LF" : "") + ", got " + shown(b));
            }
        }
        return INCOMPLETE;
    }

    private static RespException invalid(String what, String value, int limit) {
        return new RespException("Protocol error: invalid " + what + " " + value + " (limit " + limit + ")");
    }

    private static String shown(byte b) {
        return b > 0x20 && b < 0x7f ? "'" + (char) b + "'" : "byte 0x%02x".formatted(b);
    }
}
