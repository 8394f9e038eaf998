package dev.moa.benchmarks.chaos;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Takes messages of Pub/Sub out of what a Redis sends to one connection (RESP2 and RESP3) and passes the rest on as it
 * is. It may begin anywhere between two replies, but not within one: bytes that begin with no type of RESP pass.
 */
final class PushFilter {
    private static final byte[] MESSAGE = "$7\r\nmessage\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final String TYPES = "+-:$*>_#,(=~%!|";

    private final ByteBuf rest = Unpooled.buffer();

    /** Returns what is to be passed on; takes over {@code bytes}. */
    ByteBuf pass(ByteBuf bytes, @Nullable WakeLoss loss) {
        rest.writeBytes(bytes);
        bytes.release();
        ByteBuf out = Unpooled.buffer(rest.readableBytes());
        while (rest.isReadable()) {
            int start = rest.readerIndex();
            if (TYPES.indexOf(rest.getByte(start)) < 0) {
                out.writeBytes(rest);
                break;
            }
            int end = endOf(start);
            if (end < 0) {
                break;
            }
            boolean isLost = loss != null && isMessage(start) && loss.isLost();
            if (!isLost) {
                out.writeBytes(rest, start, end - start);
            }
            rest.readerIndex(end);
        }
        rest.discardReadBytes();
        return out;
    }

    private boolean isMessage(int start) {
        byte type = rest.getByte(start);
        int body = afterLine(start);
        if ((type != '*' && type != '>') || body < 0 || rest.writerIndex() - body < MESSAGE.length) {
            return false;
        }
        for (int i = 0; i < MESSAGE.length; i++) {
            if (rest.getByte(body + i) != MESSAGE[i]) {
                return false;
            }
        }
        return true;
    }

    /** Returns the index behind a whole reply; -1 where it is not whole yet. */
    private int endOf(int start) {
        int body = afterLine(start);
        if (body < 0) {
            return -1;
        }
        byte type = rest.getByte(start);
        if (type == '$' || type == '=' || type == '!') {
            int length = number(start, body);
            int end = length < 0 ? body : body + length + 2;
            return end <= rest.writerIndex() ? end : -1;
        }
        if (type == '*' || type == '>' || type == '~' || type == '%' || type == '|') {
            int count = number(start, body) * (type == '%' || type == '|' ? 2 : 1);
            for (int i = 0; i < count && body >= 0; i++) {
                body = body < rest.writerIndex() ? endOf(body) : -1;
            }
        }
        return body;
    }

    private int afterLine(int start) {
        int end = rest.indexOf(start, rest.writerIndex(), (byte) '\n');
        return end < 0 ? -1 : end + 1;
    }

    private int number(int start, int body) {
        return Integer.parseInt(rest.toString(start + 1, body - start - 3, StandardCharsets.US_ASCII));
    }
}
