package dev.moa.registry.catalog;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The words of a command as the bytes that are sent. A renewal's are five for each lease, and some thousand a
 * millisecond: here they are copied at once by the thread that sends them, where Lettuce would keep an object for each
 * and write it in seven steps.
 */
final class ScriptWords extends CommandArgs<byte[], byte[]> {
    private static final int HEAD_BYTES = 16;

    private byte[] bytes = new byte[512];
    private int length;
    private int words;

    ScriptWords() {
        super(ByteArrayCodec.INSTANCE);
    }

    ScriptWords word(String text) {
        byte[] word = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length - length < HEAD_BYTES + word.length) {
            bytes = Arrays.copyOf(bytes, 2 * bytes.length + HEAD_BYTES + word.length);
        }
        bytes[length++] = '$';
        number(word.length);
        end();
        System.arraycopy(word, 0, bytes, length, word.length);
        length += word.length;
        end();
        words++;
        return this;
    }

    /** Adds a key; the first one tells a cluster's client which node to ask. */
    ScriptWords key(String text) {
        if (super.count() == 0) {
            addKey(text.getBytes(StandardCharsets.UTF_8));
        }
        return word(text);
    }

    private void number(int number) {
        if (number >= 10) {
            number(number / 10);
        }
        bytes[length++] = (byte) ('0' + number % 10);
    }

    private void end() {
        bytes[length++] = '\r';
        bytes[length++] = '\n';
    }

    @Override
    public int count() {
        return words;
    }

    @Override
    public void encode(ByteBuf target) {
        target.writeBytes(bytes, 0, length);
    }
}
