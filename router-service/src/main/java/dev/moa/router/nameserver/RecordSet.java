package dev.moa.router.nameserver;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * Records that are encoded already, to be copied into an answer: all of them, or as many as fit, from any of them on.
 * Immutable, safe for many threads.
 */
final class RecordSet {
    static final RecordSet NONE = new RecordSet(new byte[0], new int[0]);

    private final byte[] bytes;
    // ends[i]: where record i ends in bytes
    private final int[] ends;

    private RecordSet(byte[] bytes, int[] ends) {
        this.bytes = bytes;
        this.ends = ends;
    }

    static RecordSet of(List<byte[]> records) {
        if (records.isEmpty()) {
            return NONE;
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream(records.size() * 32);
        int[] ends = new int[records.size()];
        for (int i = 0; i < ends.length; i++) {
            all.writeBytes(records.get(i));
            ends[i] = all.size();
        }
        return new RecordSet(all.toByteArray(), ends);
    }

    int size() {
        return ends.length;
    }

    int bytes() {
        return bytes.length;
    }

    /**
     * Writes records from number {@code first} on, round the end, until all are written or {@code maxBytes} are;
     * returns how many.
     */
    int write(ByteBuf out, int first, int maxBytes) {
        int from = first == 0 ? 0 : ends[first - 1];
        if (bytes.length <= maxBytes) {
            out.writeBytes(bytes, from, bytes.length - from);
            out.writeBytes(bytes, 0, from);
            return ends.length;
        }
        int written = 0;
        int left = maxBytes;
        for (int i = first; written < ends.length; i = i + 1 == ends.length ? 0 : i + 1) {
            int start = i == 0 ? 0 : ends[i - 1];
            int length = ends[i] - start;
            if (length > left) {
                break;
            }
            out.writeBytes(bytes, start, length);
            left -= length;
            written++;
        }
        return written;
    }
}
